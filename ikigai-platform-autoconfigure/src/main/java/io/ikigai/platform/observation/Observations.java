package io.ikigai.platform.observation;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Supplier;

import io.ikigai.platform.observation.ProcessContext.Processing;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Observes what is sent and what is processed. Costs nothing where nobody observes. Safe
 * for use by several threads.
 */
public final class Observations {

	/** Observes nothing. */
	public static final Observations NONE = new Observations(ObservationRegistry.NOOP);

	private static final SendConvention SENDING = new SendConvention();

	private static final ProcessConvention PROCESSING = new ProcessConvention();

	private final ObservationRegistry registry;

	private final TagNames destinations = new TagNames();

	private final TagNames listeners = new TagNames();

	/**
	 * Creates it.
	 * @param registry who observes
	 */
	public Observations(ObservationRegistry registry) {
		this.registry = registry;
	}

	/**
	 * Observes the sending of something.
	 * @param kind {@code queue}, {@code mailbox} or {@code topic}
	 * @param destination the name of that
	 * @param headers the headers
	 * @param sending sends, with the headers and those of the trace
	 * @param <T> what it returns
	 * @return what it returned
	 */
	public <T> T send(String kind, String destination, Map<String, String> headers,
			Function<Map<String, String>, T> sending) {
		if (this.registry.isNoop()) {
			return sending.apply(headers);
		}
		Map<String, String> carrier = new TreeMap<>(headers);
		Observation observation = PlatformObservation.SEND.start(null, SENDING,
				() -> new SendContext(kind, destination, carrier, this.destinations), this.registry);
		return observe(observation, () -> sending.apply(carrier));
	}

	/**
	 * Describes a listener to observations.
	 * @param kind {@code queue}, {@code mailbox} or {@code topic}
	 * @param destination the name of that
	 * @param listener the listener's id
	 * @return the description
	 */
	public Processing processing(String kind, String destination, String listener) {
		return new Processing(kind, destination, listener, this.destinations.of(destination),
				this.listeners.of(listener));
	}

	private static <T> T observe(Observation observation, Supplier<T> sending) {
		try (Observation.Scope scope = observation.openScope()) {
			return sending.get();
		}
		catch (Throwable ex) {
			observation.error(ex);
			throw ex;
		}
		finally {
			observation.stop();
		}
	}

	/**
	 * Observes a handler.
	 * @param context what it processes
	 * @param handler the handler
	 * @return what it returned
	 * @throws Exception what it threw
	 */
	public @Nullable Object process(Supplier<ProcessContext> context, Callable<@Nullable Object> handler)
			throws Exception {
		if (this.registry.isNoop()) {
			return handler.call();
		}
		Observation observation = PlatformObservation.PROCESS.start(null, PROCESSING, context, this.registry);
		try (Observation.Scope scope = observation.openScope()) {
			return handler.call();
		}
		catch (Throwable ex) {
			observation.error(ex);
			throw ex;
		}
		finally {
			observation.stop();
		}
	}

}
