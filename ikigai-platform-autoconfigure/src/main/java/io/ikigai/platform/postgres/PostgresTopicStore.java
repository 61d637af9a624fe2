package io.ikigai.platform.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;

import javax.sql.DataSource;

import io.ikigai.platform.pubsub.Subscription;
import io.ikigai.platform.pubsub.TopicStore;
import io.ikigai.platform.pubsub.TopicSubscriber;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Publish and subscribe in the table {@code ikigai_topic_message}. A notification after
 * the commit is a hint to look, and the housekeeping finds what nobody hinted at.
 */
final class PostgresTopicStore implements TopicStore {

	private final JdbcTemplate jdbc;

	private final String insert;

	private final String agent;

	private final TopicReader reader;

	private final QueueAnnouncer announcer;

	private final Wakeups wakeups;

	private final Runnable listening;

	PostgresTopicStore(DataSource dataSource, Schema schema, String agent, TopicReader reader, QueueAnnouncer announcer,
			Wakeups wakeups, Runnable listening) {
		this.jdbc = new JdbcTemplate(dataSource);
		this.insert = schema.sql("""
				INSERT INTO {schema}.ikigai_topic_message (topic, payload, published_by) VALUES (?, ?::json, ?)""");
		this.agent = agent;
		this.reader = reader;
		this.announcer = announcer;
		this.wakeups = wakeups;
		this.listening = listening;
	}

	@Override
	public void publish(String topic, String json) {
		this.jdbc.update(this.insert, topic, json, this.agent);
		this.announcer.announceTopic(topic);
	}

	@Override
	public Subscription subscribe(Set<String> topics, TopicSubscriber subscriber) {
		TopicFeed feed = new TopicFeed(topics, subscriber, this.reader::roomAgain);
		List<AutoCloseable> waiting = new ArrayList<>();
		for (String topic : topics) {
			waiting.add(this.wakeups.addChannel(ChannelName.ofTopic(topic), (hint) -> this.reader.hint()));
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

	private static void end(AutoCloseable waiting) {
		try {
			waiting.close();
		}
		catch (Exception ex) {
			throw new IllegalStateException("Could not end the waiting for a topic", ex);
		}
	}

}
