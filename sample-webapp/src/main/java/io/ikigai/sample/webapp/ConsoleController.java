package io.ikigai.sample.webapp;

import java.util.List;
import java.util.UUID;

import io.ikigai.platform.Platform;
import io.ikigai.platform.queue.TaskQueue;
import jakarta.validation.Valid;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.validation.BindingResult;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * The page and its buttons. A button answers without content: what it changed arrives
 * through {@link LiveUpdates}.
 */
@Controller
class ConsoleController {

	private final TaskQueue queue;

	private final LiveUpdates updates;

	ConsoleController(Platform platform, LiveUpdates updates) {
		this.queue = platform.queue(ConsoleApplication.QUEUE);
		this.updates = updates;
	}

	@GetMapping("/")
	String page(@ModelAttribute("form") CheckForm form, BindingResult errors,
			@RequestParam(required = false) @Nullable Integer queued, Model model) {
		model.addAttribute("queued", queued);
		model.addAttribute("state", this.updates.currentState());
		return "console";
	}

	@PostMapping("/checks")
	ModelAndView queue(@Valid @ModelAttribute("form") CheckForm form, BindingResult errors) {
		List<CheckRequest> checks = form.checks(errors);
		if (errors.hasErrors()) {
			ModelAndView page = new ModelAndView("console", HttpStatus.UNPROCESSABLE_CONTENT);
			page.addObject("state", this.updates.currentState());
			return page;
		}
		this.queue.enqueueAll(checks, form.options());
		return new ModelAndView("redirect:/?queued=" + checks.size());
	}

	@PostMapping("/tasks/{id}/cancel")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void cancel(@PathVariable UUID id) {
		this.queue.cancel(id);
	}

	@PostMapping("/tasks/{id}/retry")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void retry(@PathVariable UUID id) {
		this.queue.redrive(id);
	}

	@PostMapping("/queue/pause")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void pause() {
		this.queue.pause();
	}

	@PostMapping("/queue/resume")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void resume() {
		this.queue.resume();
	}

	@GetMapping("/events")
	SseEmitter events() {
		return this.updates.watch();
	}

}
