package io.ikigai.platform.stream;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

import io.ikigai.platform.Platform;
import io.ikigai.platform.mailbox.Mailbox;
import io.ikigai.platform.mailbox.MailboxMessage;
import io.ikigai.platform.queue.ListenedTaskQueue;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.stream.PolledAcknowledgment.Claim;
import io.ikigai.platform.stream.PolledSource.Polled;
import org.jspecify.annotations.Nullable;

import org.springframework.context.Lifecycle;

/**
 * Opens what polled consumers poll.
 *
 * @param platform the platform
 * @param inlets opens listeners, for topics
 */
record PolledSources(Platform platform, Inlets inlets) {

	/** Polling needs nothing that runs. */
	private static final Lifecycle NOTHING = new Lifecycle() {

		@Override
		public void start() {
		}

		@Override
		public void stop() {
		}

		@Override
		public boolean isRunning() {
			return true;
		}

	};

	PolledSource open(StreamDestination destination, @Nullable DeadLetterQueue deadLetters) {
		if (destination.transientlyConsumed()) {
			TopicBuffer buffer = new TopicBuffer(this.inlets, destination.sources());
			return new PolledSource(List.of(buffer::poll), buffer);
		}
		return new PolledSource(destination.sources()
			.stream()
			.map((source) -> (destination.type() == DestinationType.MAILBOX)
					? mailbox(this.platform.mailbox(source), deadLetters)
					: queue((ListenedTaskQueue) this.platform.queue(source), deadLetters))
			.toList(), NOTHING);
	}

	private Supplier<Optional<Polled>> queue(ListenedTaskQueue queue, @Nullable DeadLetterQueue deadLetters) {
		// As listeners do: the lease is extended until the task is settled
		return () -> queue.claim(1, this.inlets.lease())
			.stream()
			.findFirst()
			.map((task) -> new Polled(() -> this.inlets.inbound().message(task),
					new TaskClaim(this.platform, task, deadLetters)));
	}

	private Supplier<Optional<Polled>> mailbox(Mailbox mailbox, @Nullable DeadLetterQueue deadLetters) {
		return () -> mailbox.receive()
			.map((message) -> new Polled(() -> this.inlets.inbound().message(message),
					new MailClaim(this.platform, message, deadLetters)));
	}

	/**
	 * A task that was polled.
	 *
	 * @param platform the platform
	 * @param task the task
	 * @param deadLetters gets it when it is rejected, if there is such a queue
	 */
	private record TaskClaim(Platform platform, Task task, @Nullable DeadLetterQueue deadLetters) implements Claim {

		@Override
		public void accept() {
			this.task.complete();
		}

		@Override
		public void reject(Throwable error) {
			this.platform.transaction(() -> {
				this.task.fail(error);
				if (this.deadLetters != null) {
					this.deadLetters.add(this.task.queue(), this.task.json(), this.task.headers(), error);
				}
			});
		}

		@Override
		public void requeue() {
			this.task.release();
		}

	}

	/**
	 * A message of a mailbox that was polled.
	 *
	 * @param platform the platform
	 * @param message the message
	 * @param deadLetters gets it when it is rejected, if there is such a queue
	 */
	private record MailClaim(Platform platform, MailboxMessage message,
			@Nullable DeadLetterQueue deadLetters) implements Claim {

		@Override
		public void accept() {
			this.message.acknowledge();
		}

		@Override
		public void reject(Throwable error) {
			this.platform.transaction(() -> {
				this.message.fail(String.valueOf(error));
				if (this.deadLetters != null) {
					this.deadLetters.add(this.message.mailbox(), this.message.json(), this.message.headers(), error);
				}
			});
		}

		@Override
		public void requeue() {
			this.message.release();
		}

	}

}
