package io.ikigai.sample.webapp;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.ikigai.platform.queue.TaskOptions;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import org.jspecify.annotations.Nullable;

import org.springframework.validation.Errors;

/**
 * The form by which a person queues checks.
 */
class CheckForm {

	private static final int MAX_LINES = 1000;

	private static final int MAX_MESSAGES = 5;

	private String urls = "";

	@NotNull(message = "must be given")
	@Min(value = 0, message = "must be from 0 to 9")
	@Max(value = 9, message = "must be from 0 to 9")
	private @Nullable Integer priority = 0;

	@NotNull(message = "must be given")
	@Min(value = 0, message = "must be from 0 to 604800, a week")
	@Max(value = 604_800, message = "must be from 0 to 604800, a week")
	private @Nullable Integer delay = 0;

	public String getUrls() {
		return this.urls;
	}

	public void setUrls(String urls) {
		this.urls = urls;
	}

	public @Nullable Integer getPriority() {
		return this.priority;
	}

	public void setPriority(@Nullable Integer priority) {
		this.priority = priority;
	}

	public @Nullable Integer getDelay() {
		return this.delay;
	}

	public void setDelay(@Nullable Integer delay) {
		this.delay = delay;
	}

	/**
	 * Reads the addresses, one a line.
	 * @param errors takes what is wrong, line by line
	 * @return the checks, to be used only if there are no errors
	 */
	List<CheckRequest> checks(Errors errors) {
		List<CheckRequest> checks = new ArrayList<>();
		List<String> wrong = new ArrayList<>();
		String[] lines = this.urls.split("\\R");
		for (int line = 0; line < lines.length; line++) {
			if (lines[line].isBlank()) {
				continue;
			}
			try {
				checks.add(CheckRequest.of(lines[line].strip()));
			}
			catch (IllegalArgumentException ex) {
				wrong.add("Line %d %s: %s".formatted(line + 1, ex.getMessage(), lines[line].strip()));
			}
		}
		if (checks.isEmpty() && wrong.isEmpty()) {
			wrong.add("Give at least one address.");
		}
		if (checks.size() > MAX_LINES) {
			wrong.add("At most %d addresses at once, these are %d.".formatted(MAX_LINES, checks.size()));
		}
		wrong.stream().limit(MAX_MESSAGES).forEach((message) -> reject(errors, message));
		if (wrong.size() > MAX_MESSAGES) {
			reject(errors, "… and %d more lines like these.".formatted(wrong.size() - MAX_MESSAGES));
		}
		return checks;
	}

	private static void reject(Errors errors, String message) {
		errors.rejectValue("urls", "console.urls", message);
	}

	/**
	 * Tells how the checks are to be queued; for a form without errors.
	 */
	TaskOptions options() {
		return TaskOptions.of()
			.withPriority((this.priority != null) ? this.priority : 0)
			.withDelay(Duration.ofSeconds((this.delay != null) ? this.delay : 0));
	}

}
