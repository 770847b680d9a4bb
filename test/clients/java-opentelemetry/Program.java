// An application of OpenTelemetry's Java SDK with its OTLP/HTTP exporter: attributes, an exception, a link.
import static io.opentelemetry.api.common.AttributeKey.booleanArrayKey;
import static io.opentelemetry.api.common.AttributeKey.longArrayKey;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

public final class Program {
  public static void main(String[] args) {
    String keys = System.getenv("LANGFUSE_PUBLIC_KEY") + ":" + System.getenv("LANGFUSE_SECRET_KEY");
    OtlpHttpSpanExporter exporter =
        OtlpHttpSpanExporter.builder()
            .setEndpoint(System.getenv("LANGFUSE_HOST") + "/api/public/otel/v1/traces")
            .addHeader("Authorization", "Basic " + Base64.getEncoder().encodeToString(keys.getBytes()))
            .setCompression("gzip")
            .build();
    SdkTracerProvider provider =
        SdkTracerProvider.builder()
            .addSpanProcessor(BatchSpanProcessor.builder(exporter).build())
            .build();
    Tracer tracer = provider.tracerBuilder("shop.checkout").setInstrumentationVersion("1.2.3").build();
    Span checkout = tracer.spanBuilder("checkout").setSpanKind(SpanKind.SERVER).startSpan();
    checkout.setAttribute("session.id", "chat-12");
    checkout.setAttribute("text", "Où? 🧀");
    checkout.setAttribute(booleanArrayKey("flags"), List.of(true, false));
    Span pay =
        tracer.spanBuilder("pay").setSpanKind(SpanKind.CLIENT)
            .setParent(Context.root().with(checkout)).addLink(checkout.getSpanContext()).startSpan();
    pay.setAttribute("large", 1L << 62);
    pay.setAttribute("half", 0.5);
    pay.setAttribute(longArrayKey("numbers"), List.of(1L, 2L));
    pay.recordException(new IllegalStateException("declined"));
    pay.setStatus(StatusCode.ERROR, "declined");
    pay.end();
    checkout.end();
    if (!provider.shutdown().join(20, TimeUnit.SECONDS).isSuccess()) throw new IllegalStateException();
    System.exit(0);
  }
}
