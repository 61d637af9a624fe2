package io.ikigai.sample.webapp;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;

import io.ikigai.platform.pubsub.PubSub;
import io.ikigai.platform.pubsub.TopicListener;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import tools.jackson.databind.JsonNode;

import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * What is told on topics: by consoles, that somebody changed something; by agents, what
 * they found. It is news, and nothing to rely on: what is kept is read from where it is
 * kept.
 */
@Component
class Changes {

	private static final String TOPIC = "console-changes";

	private static final Log logger = LogFactory.getLog(Changes.class);

	private static final int MOST_NEWS = 5;

	private final PubSub pubsub;

	private final Readings readings;

	private final LiveUpdates updates;

	private final Deque<News> news = new ArrayDeque<>();

	Changes(PubSub pubsub, Readings readings, LiveUpdates updates) {
		this.pubsub = pubsub;
		this.readings = readings;
		this.updates = updates;
	}

	/**
	 * Tells every console that a person changed something.
	 * @param areas the parts of the pages that show it
	 */
	void tell(String... areas) {
		this.readings.outdate(Set.of(areas));
		try {
			this.pubsub.publish(TOPIC, new Change(Set.of(areas)));
		}
		catch (DataAccessException ex) {
			// What was done is done; other consoles see it a little later
			logger.warn("Other consoles could not be told of a change", ex);
		}
	}

	@TopicListener(topics = TOPIC)
	void changed(Change change) {
		this.readings.outdate(change.areas());
		this.updates.changed(change.areas());
	}

	// tag::news[]
	@TopicListener(topics = "site-checks")
	void checked(JsonNode check) {
		add(new News("site-checks", check.toString(), Instant.now()));
		this.updates.changed(Set.of("news", "tasks", "documents"));
	}
	// end::news[]

	private synchronized void add(News latest) {
		this.news.addFirst(latest);
		while (this.news.size() > MOST_NEWS) {
			this.news.removeLast();
		}
	}

	synchronized List<News> news() {
		return List.copyOf(this.news);
	}

	/**
	 * Areas in which something has changed.
	 */
	record Change(Set<String> areas) {
	}

	/**
	 * What an agent told.
	 */
	record News(String topic, String json, Instant toldAt) {
	}

}
