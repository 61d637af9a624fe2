package io.ikigai.platform.pubsub;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import io.ikigai.platform.Platform;
import io.ikigai.platform.testing.Waits;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the classes of the compatibility kit of publish and subscribe share. A backend
 * passes the kit with one subclass of each {@code …ContractTests} of this package.
 */
public abstract class PubSubContract {

	private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();

	private String topic;

	private ExecutorService threads;

	/**
	 * Returns a platform whose publish and subscribe runs on the backend under test.
	 * @return the platform, the same for all tests of a class
	 */
	protected abstract Platform platform();

	/**
	 * Returns another platform on the same backend, as another process has it.
	 * @return the platform, the same for all tests of a class
	 */
	protected abstract Platform other();

	@BeforeEach
	void freshTopic() {
		this.topic = "contract-" + UUID.randomUUID();
		this.threads = Executors.newCachedThreadPool();
	}

	@AfterEach
	void end() {
		this.subscriptions.forEach(Subscription::close);
		this.threads.shutdownNow();
	}

	/**
	 * Returns a topic that no other test uses.
	 * @return the topic's name
	 */
	protected String topic() {
		return this.topic;
	}

	PubSub pubsub() {
		return platform().pubsub();
	}

	ExecutorService threads() {
		return this.threads;
	}

	void publish(Object message) {
		pubsub().publish(this.topic, message);
	}

	/**
	 * Has a subscription closed when the test is over.
	 */
	Subscription closed(Subscription subscription) {
		this.subscriptions.add(subscription);
		return subscription;
	}

	/**
	 * Subscribes to this test's topic until the test is over.
	 * @return what arrives
	 */
	<T> List<T> subscribe(Platform subscriber, Class<T> type) {
		return subscribe(subscriber, this.topic, type);
	}

	<T> List<T> subscribe(Platform subscriber, String name, Class<T> type) {
		List<T> arrived = new CopyOnWriteArrayList<>();
		closed(subscriber.pubsub().subscribe(name, type, arrived::add));
		return arrived;
	}

	ConditionFactory await() {
		return Waits.await();
	}

	/**
	 * Publishes one more, waits until it has arrived, and checks that exactly these have
	 * arrived before it.
	 */
	void awaitExactly(List<Integer> arrived, List<Integer> expected) {
		publish(-1);
		await().untilAsserted(() -> assertThat(arrived).endsWith(-1));
		assertThat(arrived.subList(0, arrived.size() - 1)).isEqualTo(expected);
	}

	/**
	 * Thrown by work that is meant to fail.
	 */
	static final class Deliberate extends RuntimeException {

		private static final long serialVersionUID = 1L;

		Deliberate() {
			super("deliberate");
		}

	}

}
