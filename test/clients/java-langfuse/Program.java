// An application of Langfuse's Java client: a batch as its builders write it, a score by itself, a prompt.
import com.langfuse.client.LangfuseClient;
import com.langfuse.client.resources.commons.types.CreateScoreValue;
import com.langfuse.client.resources.commons.types.MapValue;
import com.langfuse.client.resources.ingestion.requests.IngestionRequest;
import com.langfuse.client.resources.ingestion.types.CreateEventBody;
import com.langfuse.client.resources.ingestion.types.CreateEventEvent;
import com.langfuse.client.resources.ingestion.types.CreateGenerationBody;
import com.langfuse.client.resources.ingestion.types.CreateGenerationEvent;
import com.langfuse.client.resources.ingestion.types.CreateSpanBody;
import com.langfuse.client.resources.ingestion.types.CreateSpanEvent;
import com.langfuse.client.resources.ingestion.types.IngestionEvent;
import com.langfuse.client.resources.ingestion.types.IngestionResponse;
import com.langfuse.client.resources.ingestion.types.ScoreBody;
import com.langfuse.client.resources.ingestion.types.ScoreEvent;
import com.langfuse.client.resources.ingestion.types.TraceBody;
import com.langfuse.client.resources.ingestion.types.TraceEvent;
import com.langfuse.client.resources.ingestion.types.UpdateGenerationBody;
import com.langfuse.client.resources.ingestion.types.UpdateGenerationEvent;
import com.langfuse.client.resources.ingestion.types.UsageDetails;
import com.langfuse.client.resources.score.types.CreateScoreRequest;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

public final class Program {
  private static final String TRACE = "java-trace";

  public static void main(String[] args) {
    LangfuseClient client =
        LangfuseClient.builder()
            .url(System.getenv("LANGFUSE_HOST"))
            .credentials(System.getenv("LANGFUSE_PUBLIC_KEY"), System.getenv("LANGFUSE_SECRET_KEY"))
            .build();
    String prompt = client.prompts().get("cellar").getText().orElseThrow().getPrompt();
    if (!prompt.startsWith("Where is the")) throw new IllegalStateException(prompt);

    OffsetDateTime start = OffsetDateTime.now(ZoneOffset.UTC);
    OffsetDateTime end = start.plusSeconds(2);
    TraceBody trace =
        TraceBody.builder().id(TRACE).name("answer").sessionId("chat-11").userId("ada")
            .tags(List.of("beta")).input(Map.of("question", "why?")).build();
    CreateSpanBody span =
        CreateSpanBody.builder().id("java-span").traceId(TRACE).name("work")
            .startTime(start).endTime(end).build();
    CreateGenerationBody generation =
        CreateGenerationBody.builder().id("java-generation").traceId(TRACE).name("llm")
            .parentObservationId("java-span").startTime(start).model("gpt-4o")
            .modelParameters(Map.of("maxTokens", MapValue.ofOptionalInteger(Optional.of(1000))))
            .build();
    UpdateGenerationBody over =
        UpdateGenerationBody.builder().id("java-generation").traceId(TRACE)
            .endTime(end).output("because 🧀")
            .usageDetails(UsageDetails.of(Map.of("input", 7, "output", 2)))
            .build();
    CreateEventBody clicked =
        CreateEventBody.builder().id("java-event").traceId(TRACE).name("clicked")
            .parentObservationId("java-span").build();
    ScoreBody liked =
        ScoreBody.builder().name("liked").value(CreateScoreValue.of(1.0))
            .id("java-liked").traceId(TRACE).build();
    IngestionResponse answer =
        client.ingestion().batch(
            IngestionRequest.builder()
                .addBatch(IngestionEvent.traceCreate(
                    TraceEvent.builder().id(id()).timestamp(now()).body(trace).build()))
                .addBatch(IngestionEvent.spanCreate(
                    CreateSpanEvent.builder().id(id()).timestamp(now()).body(span).build()))
                .addBatch(IngestionEvent.generationCreate(
                    CreateGenerationEvent.builder().id(id()).timestamp(now()).body(generation).build()))
                .addBatch(IngestionEvent.generationUpdate(
                    UpdateGenerationEvent.builder().id(id()).timestamp(now()).body(over).build()))
                .addBatch(IngestionEvent.eventCreate(
                    CreateEventEvent.builder().id(id()).timestamp(now()).body(clicked).build()))
                .addBatch(IngestionEvent.scoreCreate(
                    ScoreEvent.builder().id(id()).timestamp(now()).body(liked).build()))
                .build());
    if (answer.getSuccesses().size() != 6 || !answer.getErrors().isEmpty()) {
      throw new IllegalStateException(answer.toString());
    }
    String tone =
        client.score().create(
            CreateScoreRequest.builder().name("tone").value(CreateScoreValue.of("warm"))
                .id("java-tone").traceId(TRACE).observationId("java-generation").build())
            .getId();
    if (!tone.equals("java-tone")) throw new IllegalStateException(tone);
    System.exit(0);
  }

  private static String id() {
    return UUID.randomUUID().toString();
  }

  private static String now() {
    return OffsetDateTime.now(ZoneOffset.UTC).toString();
  }
}
