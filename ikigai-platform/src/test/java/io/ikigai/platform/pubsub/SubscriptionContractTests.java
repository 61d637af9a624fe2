package io.ikigai.platform.pubsub;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The compatibility kit of publish and subscribe: what handlers may do, and how a
 * subscription ends.
 */
public abstract class SubscriptionContractTests extends PubSubContract {

	private static void await(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void goesOnAfterAHandlersException() {
		List<Integer> arrived = new CopyOnWriteArrayList<>();
		closed(pubsub().subscribe(topic(), Integer.class, (message) -> {
			arrived.add(message);
			if (message == 1) {
				throw new Deliberate();
			}
			if (message == 2) {
				throw new AssertionError("deliberate");
			}
		}));
		publish(1);
		publish(2);
		publish(3);
		await().untilAsserted(() -> assertThat(arrived).containsExactly(1, 2, 3));
	}

	@Test
	void goesOnAfterAMessageThatIsNotOfTheType() {
		List<Integer> arrived = subscribe(platform(), Integer.class);
		List<Object> anything = subscribe(platform(), Object.class);
		publish("no number");
		publish(List.of());
		publish(3);
		await().untilAsserted(() -> assertThat(arrived).containsExactly(3));
		await().untilAsserted(() -> assertThat(anything).containsExactly("no number", List.of(), 3));
	}

	@Test
	void callsAHandlerWithOneMessageAtATime() {
		AtomicInteger running = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		AtomicInteger handled = new AtomicInteger();
		closed(pubsub().subscribe(topic(), Integer.class, (message) -> {
			most.accumulateAndGet(running.incrementAndGet(), Math::max);
			Thread.yield();
			running.decrementAndGet();
			handled.incrementAndGet();
		}));
		IntStream.range(0, 200).parallel().forEach(this::publish);
		await().untilAsserted(() -> assertThat(handled).hasValue(200));
		assertThat(most).hasValue(1);
	}

	@Test
	void letsASlowHandlerDelayNobodyElse() {
		CountDownLatch blocked = new CountDownLatch(1);
		List<Integer> slow = new CopyOnWriteArrayList<>();
		closed(pubsub().subscribe(topic(), Integer.class, (message) -> {
			await(blocked);
			slow.add(message);
		}));
		List<Integer> fast = subscribe(platform(), Integer.class);
		List<Integer> elsewhere = subscribe(other(), Integer.class);
		List<Integer> sent = IntStream.range(0, 300).boxed().toList();
		sent.forEach(this::publish);
		await().untilAsserted(() -> assertThat(fast).isEqualTo(sent));
		await().untilAsserted(() -> assertThat(elsewhere).isEqualTo(sent));
		assertThat(slow).isEmpty();
		blocked.countDown();
		await().untilAsserted(() -> assertThat(slow).isEqualTo(sent));
	}

	@Test
	void letsHandlersPublish() {
		List<Integer> arrived = new CopyOnWriteArrayList<>();
		closed(other().pubsub().subscribe(topic(), Integer.class, (message) -> {
			arrived.add(message);
			if (message < 20) {
				other().transaction(() -> other().pubsub().publish(topic(), message + 1));
			}
		}));
		publish(0);
		await().untilAsserted(() -> assertThat(arrived).isEqualTo(IntStream.rangeClosed(0, 20).boxed().toList()));
	}

	@Test
	void letsHandlersSubscribe() {
		List<Integer> second = new CopyOnWriteArrayList<>();
		closed(pubsub().subscribe(topic(), Integer.class,
				(message) -> closed(pubsub().subscribe(topic() + message, Integer.class, second::add))));
		publish(1);
		await().untilAsserted(() -> {
			pubsub().publish(topic() + "1", 5);
			assertThat(second).contains(5);
		});
	}

	@Test
	void neverCallsTheHandlerAfterTheClose() {
		List<Integer> other = subscribe(platform(), Integer.class);
		List<Integer> arrived = new CopyOnWriteArrayList<>();
		Subscription subscription = pubsub().subscribe(topic(), Integer.class, arrived::add);
		for (int i = 0; i < 50; i++) {
			publish(i);
		}
		await().until(() -> !arrived.isEmpty());
		subscription.close();
		int before = arrived.size();
		subscription.close();
		publish(50);
		await().untilAsserted(() -> assertThat(other).hasSize(51));
		assertThat(arrived).hasSize(before);
	}

	@Test
	void waitsForTheRunningCallWhenItIsClosed() {
		CountDownLatch began = new CountDownLatch(1);
		CountDownLatch blocked = new CountDownLatch(1);
		AtomicInteger calls = new AtomicInteger();
		Subscription subscription = pubsub().subscribe(topic(), Integer.class, (message) -> {
			began.countDown();
			await(blocked);
			calls.incrementAndGet();
		});
		publish(1);
		publish(2);
		await(began);
		AtomicInteger callsWhenClosed = new AtomicInteger();
		Thread closing = new Thread(() -> {
			subscription.close();
			callsWhenClosed.set(calls.get());
		});
		closing.start();
		await().until(() -> Set.of(Thread.State.WAITING, Thread.State.TIMED_WAITING).contains(closing.getState()));
		assertThat(calls).hasValue(0);
		blocked.countDown();
		await().until(() -> !closing.isAlive());
		assertThat(callsWhenClosed).hasValue(1);
		assertThat(calls).hasValue(1);
	}

	@Test
	void mayBeClosedByItsHandler() {
		AtomicReference<Subscription> subscription = new AtomicReference<>();
		List<Integer> arrived = new CopyOnWriteArrayList<>();
		CompletableFuture<Void> closed = new CompletableFuture<>();
		List<Integer> other = subscribe(platform(), Integer.class);
		subscription.set(pubsub().subscribe(topic(), Integer.class, (message) -> {
			arrived.add(message);
			await().until(() -> subscription.get() != null);
			subscription.get().close();
			closed.complete(null);
		}));
		publish(1);
		publish(2);
		closed.join();
		publish(3);
		await().untilAsserted(() -> assertThat(other).containsExactly(1, 2, 3));
		assertThat(arrived).containsExactly(1);
	}

}
