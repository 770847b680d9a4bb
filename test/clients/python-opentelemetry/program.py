# Plain OpenTelemetry in Python with its own exporter, by protobuf and gzip.
import base64
import os

from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, SpanKind, Status, StatusCode

keys = f"{os.environ['LANGFUSE_PUBLIC_KEY']}:{os.environ['LANGFUSE_SECRET_KEY']}"
exporter = OTLPSpanExporter(
    endpoint=f"{os.environ['LANGFUSE_BASE_URL']}/v1/traces",
    headers={"authorization": f"Basic {base64.b64encode(keys.encode()).decode()}"},
    compression=Compression.Gzip,
)
provider = TracerProvider(resource=Resource.create({"service.name": "shop", "replicas": 3}))
provider.add_span_processor(BatchSpanProcessor(exporter))
tracer = provider.get_tracer("shop-tracer", "1.2.3", "https://shop/schema", {"team": "web"})

with tracer.start_as_current_span("checkout", kind=SpanKind.SERVER) as root:
    root.set_attributes({"session.id": "chat-9", "text": "Où? 🧀", "flags": [True, False]})
    link = Link(root.get_span_context(), {"why": "retry"})
    with tracer.start_as_current_span("pay", kind=SpanKind.CLIENT, links=[link]) as pay:
        pay.set_attributes({"large": 2**62, "half": 0.5, "numbers": [1, 2], "raw": b"\x01\xff"})
        pay.add_event("declined", {"code": 51})
        pay.set_status(Status(StatusCode.ERROR, "declined"))
provider.shutdown()
