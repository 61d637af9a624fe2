package io.ikigai.sample.webapp;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;

import io.ikigai.platform.Platform;
import io.ikigai.platform.mailbox.Mailbox;
import io.ikigai.platform.mailbox.MailboxConsumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/**
 * The mailboxes, and the messages of one.
 */
@Controller
class MailboxesController {

	private static final String AREA = "mailboxes";

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private static final int MESSAGES = 30;

	private final Platform platform;

	private final Readings readings;

	private final Changes changes;

	MailboxesController(Platform platform, Readings readings, Changes changes) {
		this.platform = platform;
		this.readings = readings;
		this.changes = changes;
	}

	@GetMapping("/mailboxes")
	String mailboxes(Model model) {
		model.addAttribute("boxes", this.readings.get("all", AREA,
				() -> this.platform.mailboxes().stream().sorted().map(this::box).toList()));
		return "mailboxes";
	}

	private Box box(String name) {
		Mailbox mailbox = this.platform.mailbox(name);
		try {
			return new Box(name, mailbox.unread(), mailbox.consumer().orElse(null), null);
		}
		catch (UnsupportedOperationException ex) {
			return new Box(name, mailbox.unread(), null, ex.getMessage());
		}
	}

	@GetMapping("/mailbox")
	String mailbox(@RequestParam String name, Model model) {
		show(name, model);
		model.addAttribute("payload", "");
		return "mailbox";
	}

	private void show(String name, Model model) {
		model.addAttribute("name", name);
		model.addAttribute("box", this.readings.get("box " + name, AREA, () -> box(name)));
		model.addAttribute("messages",
				this.readings.get("messages " + name, AREA, () -> this.platform.mailbox(name).list(MESSAGES)));
	}

	@PostMapping("/mailbox/send")
	String send(@RequestParam String name, @RequestParam String payload, Model model, RedirectAttributes redirect) {
		JsonNode message;
		try {
			message = EnqueueForm.Payloads.json(payload);
		}
		catch (IllegalArgumentException ex) {
			return wrong(name, payload, ex, model);
		}
		this.platform.mailbox(name).send(message);
		this.changes.tell(AREA);
		redirect.addFlashAttribute("done", "Sent.");
		redirect.addAttribute("name", name);
		return "redirect:/mailbox";
	}

	/**
	 * The thread is free while the answer is awaited.
	 */
	// tag::ask[]
	@PostMapping("/mailbox/ask")
	CompletableFuture<ModelAndView> ask(@RequestParam String name, @RequestParam String payload, Model model) {
		JsonNode question;
		try {
			question = EnqueueForm.Payloads.json(payload);
		}
		catch (IllegalArgumentException ex) {
			return CompletableFuture.completedFuture(new ModelAndView(wrong(name, payload, ex, model), model.asMap()));
		}
		return this.platform.mailbox(name)
			.ask(question, JsonNode.class, PATIENCE)
			.handle((reply, failure) -> answered(name, payload, reply, failure, model));
	}
	// end::ask[]

	private ModelAndView answered(String name, String payload, @Nullable JsonNode reply, @Nullable Throwable failure,
			Model model) {
		this.changes.tell(AREA);
		show(name, model);
		model.addAttribute("payload", payload);
		if (reply != null) {
			model.addAttribute("reply", reply.toString());
		}
		else {
			Throwable cause = (failure instanceof CompletionException && failure.getCause() != null)
					? failure.getCause() : failure;
			model.addAttribute("silence",
					(cause instanceof TimeoutException)
							? "Nobody has replied within %d seconds. The question stays in the mailbox."
								.formatted(PATIENCE.toSeconds())
							: String.valueOf(cause));
		}
		return new ModelAndView("mailbox", model.asMap());
	}

	private String wrong(String name, String payload, IllegalArgumentException ex, Model model) {
		show(name, model);
		model.addAttribute("payload", payload);
		model.addAttribute("wrong", "The message " + ex.getMessage());
		return "mailbox";
	}

	/**
	 * A mailbox from outside.
	 */
	record Box(String name, long unread, @Nullable MailboxConsumer consumer, @Nullable String unsupported) {
	}

}
