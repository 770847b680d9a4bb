// An application of henomis/langfuse-go: nested spans and a generation, unset times, a score of 0; its queue is then
// empty, and it says so.
package main

import (
	"context"
	"time"

	"github.com/henomis/langfuse-go"
	"github.com/henomis/langfuse-go/model"
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func main() {
	ctx := context.Background()
	client := langfuse.New(ctx)
	trace := must(client.Trace(&model.Trace{ID: "go-trace", Name: "answer", SessionID: "chat-5", Input: "why?"}))
	span := must(client.Span(&model.Span{ID: "go-span", Name: "work", TraceID: trace.ID}, nil))
	generation := must(client.Generation(&model.Generation{
		ID:              "go-generation",
		TraceID:         trace.ID,
		Name:            "llm",
		Model:           "gpt-3.5-turbo",
		ModelParameters: model.M{"maxTokens": "1000"},
		Input:           []model.M{{"role": "user", "content": "why?"}},
	}, &span.ID))
	must(client.Event(&model.Event{ID: "go-event", Name: "clicked", TraceID: trace.ID}, &generation.ID))
	generation.Output = model.M{"completion": "because"}
	generation.Usage = model.Usage{PromptTokens: 7, CompletionTokens: 2}
	end := time.Now().UTC()
	generation.EndTime = &end
	must(client.GenerationEnd(generation))
	must(client.Score(&model.Score{ID: "go-score", TraceID: trace.ID, Name: "liked", Value: 0}))
	span.EndTime = &end
	must(client.SpanEnd(span))
	client.Flush(ctx)
	time.Sleep(1500 * time.Millisecond)
}
