package io.ikigai.platform.micrometer;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.ikigai.platform.observation.ProcessContext;
import io.micrometer.observation.Observation;
import io.micrometer.tracing.Link;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.PropagatingReceiverTracingObservationHandler;
import io.micrometer.tracing.propagation.Propagator;
import org.jspecify.annotations.Nullable;

/**
 * Makes a span of a handler's call: the child of the span that sent what it processes. A
 * later attempt, which may come hours after, is linked to that span too, and a batch to
 * those of all that it holds. The links are read from the header {@code traceparent} of
 * W3C's Trace Context.
 */
public final class TracedProcessing extends PropagatingReceiverTracingObservationHandler<ProcessContext> {

	private static final Pattern TRACE_PARENT = Pattern
		.compile("[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2}).*");

	private final Tracer tracer;

	/**
	 * Creates the handler.
	 * @param tracer makes spans
	 * @param propagator reads the sender's span
	 */
	public TracedProcessing(Tracer tracer, Propagator propagator) {
		super(tracer, propagator);
		this.tracer = tracer;
	}

	@Override
	public boolean supportsContext(Observation.Context context) {
		return context instanceof ProcessContext;
	}

	@Override
	public Span.Builder customizeExtractedSpan(ProcessContext context, Span.Builder builder) {
		if (context.headers().size() == 1 && context.attempt() <= 1) {
			return builder;
		}
		Span.Builder linked = builder;
		for (Map<String, String> headers : context.headers()) {
			Link link = link(headers.get("traceparent"));
			linked = (link != null) ? linked.addLink(link) : linked;
		}
		return linked;
	}

	private @Nullable Link link(@Nullable String traceParent) {
		Matcher parts = TRACE_PARENT.matcher((traceParent != null) ? traceParent : "");
		if (!parts.matches()) {
			return null;
		}
		return new Link(this.tracer.traceContextBuilder()
			.traceId(parts.group(1))
			.spanId(parts.group(2))
			.sampled((Integer.parseInt(parts.group(3), 16) & 1) == 1)
			.build());
	}

}
