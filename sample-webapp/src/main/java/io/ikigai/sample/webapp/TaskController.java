package io.ikigai.sample.webapp;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

import io.ikigai.platform.Platform;
import io.ikigai.platform.queue.TaskInfo;
import io.ikigai.platform.queue.TaskQueue;
import io.ikigai.platform.telemetry.TelemetryEvent;
import io.ikigai.platform.telemetry.TelemetryQuery;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/**
 * One task.
 */
@Controller
class TaskController {

	private static final int EVENTS = 20;

	/**
	 * Clocks differ, and the telemetry looks at every event of the time it is asked for.
	 */
	private static final Duration AROUND = Duration.ofMinutes(1);

	private final Platform platform;

	private final Readings readings;

	private final Changes changes;

	TaskController(Platform platform, Readings readings, Changes changes) {
		this.platform = platform;
		this.readings = readings;
		this.changes = changes;
	}

	@GetMapping("/task")
	String task(@RequestParam String queue, @RequestParam UUID id, Model model) {
		TaskQueue tasks = this.platform.queue(queue);
		TaskInfo task = tasks.find(id)
			.orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND,
					"There is no such task in the queue " + queue + ". Perhaps its retention has ended."));
		model.addAttribute("task", task);
		model.addAttribute("progress", tasks.progress(id).orElse(null));
		model.addAttribute("timeline", timeline(task));
		model.addAttribute("events", this.readings.get("task " + id, "tasks", () -> events(task)));
		return "task";
	}

	private List<TelemetryEvent> events(TaskInfo task) {
		Instant finished = (task.completedAt() != null) ? task.completedAt() : task.failedAt();
		// Plain SQL may have written any times
		Instant began = (finished != null && finished.isBefore(task.createdAt())) ? finished : task.createdAt();
		TelemetryQuery query = TelemetryQuery.all()
			.withText(task.id().toString())
			.withFrom(began.minus(AROUND))
			.withLimit(EVENTS);
		return this.platform.telemetry().query((finished != null) ? query.withTo(finished.plus(AROUND)) : query);
	}

	private static List<Step> timeline(TaskInfo task) {
		List<Step> steps = new ArrayList<>();
		steps.add(new Step("created", "plain", task.createdAt(), "priority " + task.priority()));
		if (task.scheduledFor().isAfter(task.createdAt().plusSeconds(1))) {
			steps.add(new Step("scheduled for", "wait", task.scheduledFor(), ""));
		}
		if (task.claimedAt() != null) {
			steps.add(new Step("claimed", "busy", task.claimedAt(),
					(task.claimedBy() != null) ? "by " + task.claimedBy() : ""));
		}
		steps.sort(Comparator.comparing(Step::at));
		if (task.completedAt() != null) {
			steps.add(new Step("completed", "good", task.completedAt(), ""));
		}
		if (task.failedAt() != null) {
			steps.add(new Step("failed", "bad", task.failedAt(),
					"after %d of %d attempts".formatted(task.attempt(), task.maxAttempts())));
		}
		if (task.leaseExpiresAt() != null) {
			steps.add(new Step("lease ends", "wait", task.leaseExpiresAt(), "unless the worker extends it"));
		}
		return steps;
	}

	@PostMapping("/task/cancel")
	String cancel(@RequestParam String queue, @RequestParam UUID id, RedirectAttributes redirect) {
		boolean cancelled = this.platform.queue(queue).cancel(id);
		return done(queue, id, cancelled ? "Cancelled." : "There was nothing to cancel: the task is finished.",
				redirect);
	}

	@PostMapping("/task/retry")
	String retry(@RequestParam String queue, @RequestParam UUID id, RedirectAttributes redirect) {
		boolean back = this.platform.queue(queue).redrive(id);
		return done(queue, id, back ? "Back in the queue, its attempts counted anew." : "It has not failed.", redirect);
	}

	private String done(String queue, UUID id, String message, RedirectAttributes redirect) {
		this.changes.tell(QueueReader.AREA, "tasks");
		redirect.addFlashAttribute("done", message);
		redirect.addAttribute("queue", queue);
		redirect.addAttribute("id", id);
		return "redirect:/task";
	}

	/**
	 * Something that happened to the task.
	 */
	record Step(String word, String kind, Instant at, @Nullable String note) {
	}

}
