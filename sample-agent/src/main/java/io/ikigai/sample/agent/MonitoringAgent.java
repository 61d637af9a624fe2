package io.ikigai.sample.agent;

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

	private final Platform platform;

	private final SiteChecker checker;

	private final SiteHistory history;

	MonitoringAgent(Platform platform, SiteChecker checker, SiteHistory history) {
		this.platform = platform;
		this.checker = checker;
		this.history = history;
	}

	// tag::check[]
	@IkigaiTaskListener(queue = "monitoring-tasks", concurrency = "4")
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
			// One transaction: outcome, alert, news and completion, or nothing
			task.complete(() -> {
				this.history.add(check)
					.ifPresent((site) -> this.platform.mailbox("ops-alerts")
						.send(new Alert(site.url(), site.state(), site.reason(), site.since())));
				this.platform.pubsub().publish("site-checks", check);
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
		throw new IllegalArgumentException("A question names a site or words to search for: "
				+ "{\"site\": \"https://example.org/\"} or {\"search\": \"certificate\"}");
	}
	// end::answer[]

}
