// An application of OpenTelemetry's Go SDK with its OTLP/HTTP exporter, which writes protobuf, in gzip: every kind of
// attribute, an event, a link, an error.
package main

import (
	"context"
	"encoding/base64"
	"errors"
	"os"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	ctx := context.Background()
	keys := os.Getenv("LANGFUSE_PUBLIC_KEY") + ":" + os.Getenv("LANGFUSE_SECRET_KEY")
	exporter, err := otlptracehttp.New(ctx,
		otlptracehttp.WithEndpointURL(os.Getenv("LANGFUSE_HOST")+"/v1/traces"),
		otlptracehttp.WithCompression(otlptracehttp.GzipCompression),
		otlptracehttp.WithHeaders(map[string]string{
			"Authorization": "Basic " + base64.StdEncoding.EncodeToString([]byte(keys)),
		}),
	)
	check(err)
	provider := sdktrace.NewTracerProvider(
		sdktrace.WithBatcher(exporter),
		sdktrace.WithResource(resource.NewSchemaless(attribute.String("service.name", "shop"))),
	)
	tracer := provider.Tracer("shop.checkout", trace.WithInstrumentationVersion("1.2.3"))

	ctx, checkout := tracer.Start(ctx, "checkout", trace.WithSpanKind(trace.SpanKindServer))
	checkout.SetAttributes(
		attribute.String("session.id", "chat-10"),
		attribute.String("text", "Où? 🧀"),
		attribute.BoolSlice("flags", []bool{true, false}),
	)
	_, pay := tracer.Start(ctx, "pay",
		trace.WithSpanKind(trace.SpanKindClient),
		trace.WithLinks(trace.Link{SpanContext: checkout.SpanContext()}),
	)
	pay.SetAttributes(
		attribute.Int64("large", 1<<62),
		attribute.Float64("half", 0.5),
		attribute.Int64Slice("numbers", []int64{1, 2}),
	)
	pay.RecordError(errors.New("declined"))
	pay.SetStatus(codes.Error, "declined")
	pay.End()
	checkout.End()
	check(provider.Shutdown(ctx))
}
