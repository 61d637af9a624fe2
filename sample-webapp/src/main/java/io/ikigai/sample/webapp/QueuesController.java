package io.ikigai.sample.webapp;

import java.util.List;
import java.util.Locale;

import io.ikigai.platform.Platform;
import io.ikigai.platform.queue.TaskPosition;
import io.ikigai.platform.queue.TaskQuery;
import io.ikigai.platform.queue.TaskState;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.util.StringUtils;
import org.springframework.validation.BindingResult;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * The queues, and the tasks of one.
 */
@Controller
class QueuesController {

	private static final int ROWS = 25;

	private final Platform platform;

	private final QueueReader queues;

	private final Rates rates;

	private final Readings readings;

	private final Changes changes;

	QueuesController(Platform platform, QueueReader queues, Rates rates, Readings readings, Changes changes) {
		this.platform = platform;
		this.queues = queues;
		this.rates = rates;
		this.readings = readings;
		this.changes = changes;
	}

	@GetMapping("/queues")
	String queues(Model model) {
		model.addAttribute("depths", this.queues.depths());
		model.addAttribute("charts", this.rates.charts(Window.QUARTER, null, null));
		return "queues";
	}

	@GetMapping("/queue")
	String queue(@RequestParam String name, @RequestParam(defaultValue = "") String state,
			@RequestParam(defaultValue = "") String q, @RequestParam(defaultValue = "") String after, Model model) {
		show(name, state, q, after, model);
		model.addAttribute("form", new EnqueueForm());
		return "queue";
	}

	private void show(String name, String state, String text, String after, Model model) {
		TaskState chosen = StringUtils.hasText(state) ? TaskState.valueOf(state.toUpperCase(Locale.ROOT)) : null;
		model.addAttribute("name", name);
		model.addAttribute("state", chosen);
		model.addAttribute("states", TaskState.values());
		model.addAttribute("q", text);
		model.addAttribute("after", after);
		model.addAttribute("depth", this.queues.depth(name));
		model.addAttribute("charts", this.rates.charts(Window.QUARTER, null, name));
		TaskQuery query = new TaskQuery(chosen, StringUtils.hasText(text) ? text.strip() : null,
				StringUtils.hasText(after) ? TaskPosition.parse(after) : null, ROWS);
		model.addAttribute("tasks", this.readings.get("tasks %s %s".formatted(name, query), "tasks",
				() -> this.platform.queue(name).find(query)));
	}

	@PostMapping("/queue/enqueue")
	ModelAndView enqueue(@RequestParam String name, @ModelAttribute("form") EnqueueForm form, BindingResult errors,
			Model model, RedirectAttributes redirect) {
		List<Object> payloads = form.payloads(errors);
		if (errors.hasErrors()) {
			show(name, "", "", "", model);
			model.addAttribute("failed",
					UriComponentsBuilder.fromPath("/queue")
						.queryParam("name", "{name}")
						.encode()
						.buildAndExpand(name)
						.toUriString());
			return new ModelAndView("queue", model.asMap(), HttpStatus.UNPROCESSABLE_CONTENT);
		}
		this.platform.queue(name).enqueueAll(payloads, form.options());
		return done(name, redirect, payloads.size() + ((payloads.size() == 1) ? " task" : " tasks") + " enqueued.");
	}

	@PostMapping("/queue/pause")
	ModelAndView pause(@RequestParam String name, RedirectAttributes redirect) {
		this.platform.queue(name).pause();
		return done(name, redirect, "Paused: no process claims from this queue until it is resumed.");
	}

	@PostMapping("/queue/resume")
	ModelAndView resume(@RequestParam String name, RedirectAttributes redirect) {
		this.platform.queue(name).resume();
		return done(name, redirect, "Resumed.");
	}

	@PostMapping("/queue/retry-failed")
	ModelAndView retryFailed(@RequestParam String name, RedirectAttributes redirect) {
		return done(name, redirect, this.platform.queue(name).redriveFailed() + " failed tasks are back in the queue.");
	}

	private ModelAndView done(String name, RedirectAttributes redirect, @Nullable String message) {
		this.changes.tell(QueueReader.AREA, "tasks");
		redirect.addFlashAttribute("done", message);
		redirect.addAttribute("name", name);
		return new ModelAndView("redirect:/queue");
	}

}
