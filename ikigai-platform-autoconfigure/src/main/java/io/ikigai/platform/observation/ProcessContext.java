package io.ikigai.platform.observation;

import java.util.List;
import java.util.Map;

import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.ReceiverContext;
import org.jspecify.annotations.Nullable;

/**
 * A handler is called. The carrier is the headers of the task or the message; that of a
 * batch is empty.
 */
public final class ProcessContext extends ReceiverContext<Map<String, String>> {

	private final Processing processing;

	private final List<Map<String, String>> headers;

	private final @Nullable String id;

	private final int attempt;

	/**
	 * Creates a context.
	 * @param processing who processes
	 * @param headers the headers of what is processed, each of a batch
	 * @param id the id of what is processed, if it is one
	 * @param attempt which attempt it is, from 1; 0 if there are none
	 */
	public ProcessContext(Processing processing, List<Map<String, String>> headers, @Nullable String id, int attempt) {
		super(Map::get, Kind.CONSUMER);
		this.processing = processing;
		this.headers = List.copyOf(headers);
		this.id = id;
		this.attempt = attempt;
		setCarrier((headers.size() == 1) ? headers.get(0) : Map.of());
	}

	/**
	 * Returns who processes.
	 * @return the listener
	 */
	public Processing processing() {
		return this.processing;
	}

	/**
	 * Returns the headers of what is processed.
	 * @return one, or each of a batch
	 */
	public List<Map<String, String>> headers() {
		return this.headers;
	}

	/**
	 * Returns the id of the task or the message.
	 * @return the id, {@code null} for a batch
	 */
	public @Nullable String id() {
		return this.id;
	}

	/**
	 * Returns which attempt it is.
	 * @return from 1; 0 for a batch and for what is published
	 */
	public int attempt() {
		return this.attempt;
	}

	/**
	 * A listener that processes.
	 *
	 * @param kind {@code queue}, {@code mailbox} or {@code topic}
	 * @param destination the name of the queue, the mailbox or the topic
	 * @param listener the listener's id
	 * @param destinationTag the destination as a key of low cardinality
	 * @param listenerTag the id as a key of low cardinality
	 */
	public record Processing(String kind, String destination, String listener, String destinationTag,
			String listenerTag) {
	}

}
