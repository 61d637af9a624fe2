package io.ikigai.sample.agent;

import io.ikigai.platform.queue.IkigaiTaskListener;
import io.ikigai.platform.queue.Task;
import jakarta.validation.Valid;

import org.springframework.stereotype.Component;

/**
 * Handles the tasks of {@code monitoring-tasks}, four at a time.
 */
@Component
class MonitoringAgent {

	private final SiteChecker checker;

	private final SiteCheckTable table;

	MonitoringAgent(SiteChecker checker, SiteCheckTable table) {
		this.checker = checker;
		this.table = table;
	}

	@IkigaiTaskListener(queue = "monitoring-tasks", concurrency = "4")
	void check(@Valid CheckRequest request, Task task) throws InterruptedException {
		// The slow part holds no transaction and no connection
		CheckOutcome outcome = this.checker.check(request.url());
		// One transaction: the outcome is stored and the task completed, or neither
		task.complete(() -> this.table.add(task.id(), request.url(), outcome));
	}

}
