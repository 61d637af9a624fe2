package io.ikigai.platform.runtime;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;

import io.ikigai.platform.PayloadLimit;
import io.ikigai.platform.outbox.OutboxMessage;
import io.ikigai.platform.outbox.OutboxStore;
import io.ikigai.platform.pubsub.Subscription;
import io.ikigai.platform.pubsub.TopicStore;
import io.ikigai.platform.pubsub.TopicSubscriber;

/**
 * A store on another backend than the database, for use within that database's
 * transactions: what they publish goes through the outbox. Safe for use by several
 * threads.
 */
public final class ForeignTopicStore implements TopicStore, PayloadLimit, AutoCloseable {

	private static final String SERVICE = "pubsub";

	private final TopicStore store;

	private final OutboxRelay<String> relay;

	/**
	 * Wraps a store.
	 * @param store the store
	 * @param outbox the outbox
	 * @param transactions the transactions of the platform's database
	 */
	public ForeignTopicStore(TopicStore store, OutboxStore outbox, PlatformTransactions transactions) {
		this(store, outbox, transactions, OutboxRelay.TAKE_OVER);
	}

	/**
	 * Wraps a store.
	 * @param store the store
	 * @param outbox the outbox
	 * @param transactions the transactions of the platform's database
	 * @param takeOver how often to look for what processes that died have left
	 */
	public ForeignTopicStore(TopicStore store, OutboxStore outbox, PlatformTransactions transactions,
			Duration takeOver) {
		this.store = store;
		this.relay = new OutboxRelay<>(SERVICE, outbox, transactions, OutboxBody::publication,
				(left) -> left.forEach((one) -> store.publish(one.destination(), one.message().id(), one.content())),
				takeOver);
	}

	@Override
	public void publish(String topic, UUID id, String json) {
		if (this.relay.passes()) {
			this.store.publish(topic, id, json);
		}
		else {
			this.relay.leave(List.of(new OutboxMessage(SERVICE, topic, id, json)));
		}
	}

	@Override
	public Subscription subscribe(Set<String> topics, TopicSubscriber subscriber) {
		return this.store.subscribe(topics, subscriber);
	}

	@Override
	public long maxPayloadBytes() {
		return PayloadJson.limitOf(this.store);
	}

	@Override
	public void close() {
		this.relay.close();
	}

}
