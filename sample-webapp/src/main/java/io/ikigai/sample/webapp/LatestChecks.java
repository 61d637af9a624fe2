package io.ikigai.sample.webapp;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

import io.ikigai.platform.pubsub.TopicListener;

import org.springframework.stereotype.Component;

/**
 * The last checks that agents told of while this console ran. News, and nothing to rely
 * on: what is kept are the documents.
 */
@Component
class LatestChecks {

	private static final int MOST = 5;

	private final Deque<ConsoleState.News> news = new ArrayDeque<>();

	@TopicListener(topics = "site-checks")
	synchronized void checked(ConsoleState.News check) {
		this.news.addFirst(check);
		while (this.news.size() > MOST) {
			this.news.removeLast();
		}
	}

	synchronized List<ConsoleState.News> list() {
		return List.copyOf(this.news);
	}

}
