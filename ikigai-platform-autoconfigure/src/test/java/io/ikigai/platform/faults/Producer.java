package io.ikigai.platform.faults;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import io.ikigai.platform.Platform;
import io.ikigai.platform.queue.TaskQueue;
import io.ikigai.platform.testing.Waits;

/**
 * Sends work of every kind in every way: alone, in bulk, in a transaction, in one that is
 * rolled back, and tasks that it cancels at once. A call that fails may have had its
 * effect: it counts as neither accepted nor refused, and another piece is sent instead.
 */
final class Producer {

	private final Platform platform;

	private final Ledger ledger;

	private final Map<String, CountDownLatch> running = new ConcurrentHashMap<>();

	Producer(Platform platform, Ledger ledger) {
		this.platform = platform;
		this.ledger = ledger;
	}

	/**
	 * Sends work to all consumers until it gets the command to stop.
	 * @param source the name of the source, new for each call
	 * @return how many pieces everybody got at least
	 */
	int produce(String source) {
		CountDownLatch stop = new CountDownLatch(1);
		this.running.put(source, stop);
		int sent = 0;
		for (int number = 0; stop.getCount() > 0; number++) {
			if (send(new Piece(source, number), sent)) {
				sent++;
			}
			pause(stop);
		}
		return sent;
	}

	/**
	 * Stops a source once its last piece has been accepted.
	 */
	void stop(String source) {
		this.running.get(source).countDown();
	}

	private boolean send(Piece piece, int way) {
		try {
			for (String queue : Consumers.QUEUES) {
				task(this.platform.queue(queue), piece, way % 8);
			}
			message(piece, way % 8);
			news(piece, way % 8);
			return true;
		}
		catch (RuntimeException ex) {
			return false;
		}
	}

	private void task(TaskQueue queue, Piece piece, int way) {
		switch (way) {
			case 4 -> this.ledger.accepted(this.platform.transaction(() -> queue.enqueue(piece)), queue.name(), piece);
			case 5 -> rolledBack(() -> queue.enqueue(piece), queue.name(), piece);
			case 6 ->
				queue.enqueueAll(List.of(piece, piece)).forEach((id) -> this.ledger.accepted(id, queue.name(), piece));
			case 7 -> cancelled(queue, piece);
			default -> this.ledger.accepted(queue.enqueue(piece), queue.name(), piece);
		}
	}

	private void message(Piece piece, int way) {
		Supplier<UUID> send = () -> this.platform.mailbox(Consumers.MAILBOX).send(piece);
		switch (way) {
			case 4 -> this.ledger.accepted(this.platform.transaction(send), Consumers.MAILBOX, piece);
			case 5 -> rolledBack(send, Consumers.MAILBOX, piece);
			default -> this.ledger.accepted(send.get(), Consumers.MAILBOX, piece);
		}
	}

	private void news(Piece piece, int way) {
		Supplier<UUID> publish = () -> {
			this.platform.pubsub().publish(Consumers.TOPIC, piece);
			return UUID.randomUUID();
		};
		switch (way) {
			case 4 -> this.ledger.accepted(this.platform.transaction(publish), Consumers.TOPIC, piece);
			case 5 -> rolledBack(publish, Consumers.TOPIC, piece);
			default -> this.ledger.accepted(publish.get(), Consumers.TOPIC, piece);
		}
	}

	private void rolledBack(Supplier<UUID> send, String kind, Piece piece) {
		AtomicReference<UUID> id = new AtomicReference<>();
		try {
			this.platform.transaction(() -> {
				id.set(send.get());
				throw new RolledBackException();
			});
		}
		catch (RolledBackException ex) {
			this.ledger.undone(id.get(), kind, piece);
		}
	}

	private void cancelled(TaskQueue queue, Piece piece) {
		UUID id = queue.enqueue(piece);
		boolean cancelled;
		try {
			cancelled = queue.cancel(id);
		}
		catch (RuntimeException ex) {
			this.ledger.cancelled(id, false);
			throw ex;
		}
		if (cancelled) {
			this.ledger.cancelled(id, true);
		}
		else {
			this.ledger.accepted(id, queue.name(), piece);
		}
	}

	// Lets the workers keep pace; while nothing is accepted, it spares the logs
	private static void pause(CountDownLatch stop) {
		try {
			Waits.pause(Duration.ofMillis(20), stop);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static final class RolledBackException extends RuntimeException {

	}

}
