package io.ikigai.platform.postgres;

import java.sql.PreparedStatement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;

import io.ikigai.platform.pubsub.Subscription;
import io.ikigai.platform.pubsub.TopicStore;
import io.ikigai.platform.pubsub.TopicSubscriber;
import io.ikigai.platform.transaction.CallerTransactions;
import io.ikigai.platform.transaction.TransactionPhase;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Publish and subscribe in the table {@code ikigai_topic_message}. A notification after
 * the commit is a hint to look, and the housekeeping finds what nobody hinted at.
 */
final class PostgresTopicStore implements TopicStore {

	private final JdbcTemplate jdbc;

	private final CallerTransactions transactions;

	private final String insert;

	private final String insertTogether;

	// One at a time: no flush is waited for, so that larger groups are all there is to
	// win
	private final WriteGroup<Row> group = new WriteGroup<>(1, this::publish);

	private final String agent;

	private final String self;

	private final TopicReader reader;

	private final QueueAnnouncer announcer;

	private final Wakeups wakeups;

	private final Runnable listening;

	PostgresTopicStore(JdbcTemplate jdbc, CallerTransactions transactions, Schema schema, String agent, String self,
			TopicReader reader, QueueAnnouncer announcer, Wakeups wakeups, Runnable listening) {
		this.jdbc = jdbc;
		this.transactions = transactions;
		this.insert = schema.sql("""
				INSERT INTO {schema}.ikigai_topic_message (topic, payload, published_by) VALUES (?, ?::json, ?)""");
		this.insertTogether = schema.sql("""
				INSERT INTO {schema}.ikigai_topic_message (topic, payload, published_by)
				SELECT n.topic, n.payload::json, ? FROM unnest(?, ?) AS n(topic, payload)""");
		this.agent = agent;
		this.self = self;
		this.reader = reader;
		this.announcer = announcer;
		this.wakeups = wakeups;
		this.listening = listening;
	}

	@Override
	public void publish(String topic, UUID id, String json) {
		if (this.transactions.phase() != TransactionPhase.NONE) {
			this.jdbc.update(this.insert, topic, json, this.agent);
			this.announcer.announceTopic(topic, this.self);
		}
		else if (json.length() > WriteGroup.LARGEST) {
			publish(List.of(new Row(topic, json)));
		}
		else {
			this.group.add(new Row(topic, json));
		}
	}

	private void publish(List<Row> rows) {
		if (rows.size() == 1) {
			Row only = rows.get(0);
			this.jdbc.update(this.insert, only.topic, only.json, this.agent);
		}
		else {
			insert(rows);
		}
		rows.stream().map(Row::topic).distinct().forEach((topic) -> this.announcer.announceTopic(topic, this.self));
	}

	private void insert(List<Row> rows) {
		this.jdbc.execute(this.insertTogether, (PreparedStatement statement) -> {
			statement.setString(1, this.agent);
			statement.setObject(2, TextArray.of(rows, Row::topic));
			statement.setObject(3, TextArray.of(rows, Row::json));
			return statement.executeUpdate();
		});
	}

	@Override
	public Subscription subscribe(Set<String> topics, TopicSubscriber subscriber) {
		TopicFeed feed = new TopicFeed(topics, subscriber, this.reader::roomAgain);
		List<AutoCloseable> waiting = new ArrayList<>();
		for (String topic : topics) {
			waiting.add(this.wakeups.addChannel(ChannelName.ofTopic(topic), this::hint));
		}
		Subscription subscription = () -> {
			this.reader.remove(feed);
			waiting.forEach(PostgresTopicStore::end);
		};
		this.listening.run();
		try {
			this.reader.add(feed);
			feed.joined().get();
			return subscription;
		}
		catch (ExecutionException ex) {
			subscription.close();
			throw (ex.getCause() instanceof RuntimeException cause) ? cause : new IllegalStateException(ex.getCause());
		}
		catch (InterruptedException ex) {
			subscription.close();
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while subscribing to " + topics, ex);
		}
		catch (RuntimeException ex) {
			subscription.close();
			throw ex;
		}
	}

	// What this process published itself it has hinted at directly.
	private void hint(@Nullable String sender) {
		if (!this.self.equals(sender)) {
			this.reader.hint();
		}
	}

	private static void end(AutoCloseable waiting) {
		try {
			waiting.close();
		}
		catch (Exception ex) {
			throw new IllegalStateException("Could not end the waiting for a topic", ex);
		}
	}

	/**
	 * A message to publish.
	 *
	 * @param topic its topic
	 * @param json the message
	 */
	private record Row(String topic, String json) {
	}

}
