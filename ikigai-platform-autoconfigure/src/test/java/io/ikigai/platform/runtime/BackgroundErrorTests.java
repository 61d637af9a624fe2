package io.ikigai.platform.runtime;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

import io.ikigai.platform.outbox.OutboxMessage;
import io.ikigai.platform.outbox.OutboxStore;
import io.ikigai.platform.testing.Waits;
import io.ikigai.platform.transaction.CallerTransactions;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Threads in the background, which live as long as the application, whatever is thrown.
 */
class BackgroundErrorTests {

	private static final Duration LEASE = Duration.ofMillis(60);

	@Test
	void doNotEndExtensionOfLeases() {
		AtomicInteger extensions = new AtomicInteger();
		try (Leases<Object> leases = new Leases<>("test-leases", "things", (due, lease) -> {
			if (extensions.incrementAndGet() == 1) {
				throw new NoClassDefFoundError("deliberate");
			}
			return List.of();
		}, (late) -> {
		})) {
			leases.keep(new Object(), LEASE);
			Waits.until("leases are extended again", () -> extensions.get() > 2);
		}
	}

	@Test
	void endExtensionOfWhatIsNotSettledWithinItsLease() {
		BlockingQueue<Object> overdue = new LinkedBlockingQueue<>();
		CopyOnWriteArrayList<Object> extended = new CopyOnWriteArrayList<>();
		Object kept = "kept";
		Object settled = "settled";
		Object rolledBack = "rolled back";
		try (Leases<Object> leases = new Leases<>("test-leases", "things", (due, lease) -> {
			extended.addAll(due);
			return List.of();
		}, overdue::add)) {
			List.of(kept, settled, rolledBack).forEach((each) -> leases.keep(each, LEASE));
			leases.settling(settled);
			leases.settling(rolledBack);
			leases.notSettled(rolledBack);
			assertThat(Waits.next("what is overdue", overdue)).isSameAs(settled);
			extended.clear();
			Waits.until("the others are extended", () -> extended.containsAll(List.of(kept, rolledBack)));
			assertThat(extended).doesNotContain(settled);
			assertThat(overdue).isEmpty();
		}
	}

	@Test
	void doNotEndRelayOfOutbox() {
		OneMessage store = new OneMessage();
		BlockingQueue<OutboxMessage> sent = new LinkedBlockingQueue<>();
		AtomicInteger calls = new AtomicInteger();
		DriverManagerDataSource nowhere = new DriverManagerDataSource();
		try (OutboxRelay relay = new OutboxRelay<>("queues", store,
				new PlatformTransactions(new CallerTransactions(nowhere, nowhere, new JdbcTransactionManager(nowhere))),
				(message) -> message, (left) -> {
					if (calls.incrementAndGet() == 1) {
						throw new NoClassDefFoundError("deliberate");
					}
					left.forEach((one) -> sent.add(one.message()));
				})) {
			relay.leave(List.of(new OutboxMessage("queues", "q", UUID.randomUUID(), "{}")));
			assertThat(Waits.next("the message", sent).destination()).isEqualTo("q");
		}
	}

	/**
	 * An outbox in memory.
	 */
	private static final class OneMessage implements OutboxStore {

		private final List<OutboxMessage> messages = new CopyOnWriteArrayList<>();

		@Override
		public void add(List<OutboxMessage> messages) {
			this.messages.addAll(messages);
		}

		@Override
		public Next next(String service, int max) {
			return new Next(this.messages, true);
		}

		@Override
		public void fail(OutboxMessage message, String error) {
			this.messages.remove(message);
		}

		@Override
		public void delete(List<OutboxMessage> messages) {
			this.messages.removeAll(messages);
		}

		@Override
		public int takeOver(String service) {
			return 0;
		}

	}

}
