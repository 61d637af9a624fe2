package io.ikigai.sample.agent;

import java.time.Duration;

import io.ikigai.platform.DeadLetterHandler;
import io.ikigai.platform.Platform;
import io.ikigai.platform.mailbox.MailboxListener;
import io.ikigai.platform.queue.IkigaiTaskListener;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.storage.StaleDocumentException;
import jakarta.validation.Valid;

import org.springframework.stereotype.Component;

/**
 * Handles the tasks of {@code monitoring-tasks}, four at a time, and answers questions.
 */
@Component
class MonitoringAgent {

	static final String QUEUE = "monitoring-tasks";

	private final Platform platform;

	private final SiteChecker checker;

	private final SiteHistory history;

	private final WatchedSites watched;

	MonitoringAgent(Platform platform, SiteChecker checker, SiteHistory history, WatchedSites watched) {
		this.platform = platform;
		this.checker = checker;
		this.history = history;
		this.watched = watched;
	}

	// tag::check[]
	@IkigaiTaskListener(queue = QUEUE, concurrency = "4")
	void check(@Valid CheckRequest request, Task task) throws InterruptedException {
		// The slow part holds no transaction and no connection
		CheckOutcome outcome = this.checker.check(request.url());
		for (boolean kept = false; !kept;) {
			kept = keep(request, task, outcome);
		}
	}

	private boolean keep(CheckRequest request, Task task, CheckOutcome outcome) {
		SiteCheck check = SiteCheck.of(task.id(), request.url(), outcome);
		try {
			// One transaction: outcome, alert, news, the next check and completion, or
			// nothing
			task.complete(() -> {
				this.history.add(check)
					.ifPresent((site) -> this.platform.mailbox("ops-alerts")
						.send(new Alert(site.url(), site.state(), site.reason(), site.since())));
				this.platform.pubsub().publish("site-checks", check);
				this.watched.next(request.url());
			});
			this.platform.telemetry().emit("site_checked", check);
			return true;
		}
		catch (StaleDocumentException ex) {
			// Another check of the same site came between: compare with that one
			return false;
		}
	}

	// end::check[]
	// A check that cannot be made does not end the watching
	@DeadLetterHandler
	void givenUp(CheckRequest request) {
		this.watched.next(request.url());
	}

	// tag::answer[]
	// What it returns is the reply
	@MailboxListener("monitoring-agent")
	Answer answer(Question question) {
		if (question.site() != null) {
			return this.history.of(question.site());
		}
		if (question.search() != null && !question.search().isBlank()) {
			return this.history.search(question.search());
		}
		if (question.ask() != null && !question.ask().isBlank()) {
			return this.history.ask(question.ask());
		}
		if (question.watch() != null) {
			this.watched.watch(question.watch(), (question.every() != null) ? question.every() : Duration.ofMinutes(1));
			return this.history.of(question.watch());
		}
		if (question.unwatch() != null) {
			this.watched.unwatch(question.unwatch());
			return this.history.of(question.unwatch());
		}
		throw new IllegalArgumentException("A question names a site, words to search for, or what to watch: "
				+ "{\"site\": \"https://example.org/\"}, {\"search\": \"certificate\"}, {\"ask\": \"what failed today?\"}, "
				+ "{\"watch\": \"https://example.org/\", \"every\": \"PT1M\"}");
	}
	// end::answer[]

}
