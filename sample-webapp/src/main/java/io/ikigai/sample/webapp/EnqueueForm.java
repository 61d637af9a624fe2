package io.ikigai.sample.webapp;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.ikigai.platform.queue.TaskOptions;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.util.StringUtils;
import org.springframework.validation.Errors;

/**
 * The form by which a person enqueues tasks: one JSON value, or one a line. A line that
 * is a web address stands for a check of it.
 */
class EnqueueForm {

	private static final int MAX_TASKS = 1000;

	private static final int MAX_MESSAGES = 5;

	private static final int MAX_DELAY = 604_800;

	private String payloads = "";

	private String priority = "0";

	private String delay = "0";

	public String getPayloads() {
		return this.payloads;
	}

	public void setPayloads(String payloads) {
		this.payloads = payloads;
	}

	public String getPriority() {
		return this.priority;
	}

	public void setPriority(String priority) {
		this.priority = priority;
	}

	public String getDelay() {
		return this.delay;
	}

	public void setDelay(String delay) {
		this.delay = delay;
	}

	/**
	 * Reads the payloads.
	 * @param errors takes what is wrong, line by line
	 * @return the payloads, to be used only if there are no errors
	 */
	List<Object> payloads(Errors errors) {
		number(errors, "priority", this.priority, 9, "must be a whole number from 0 to 9");
		number(errors, "delay", this.delay, MAX_DELAY, "must be a whole number from 0 to 604800, a week");
		String text = this.payloads.strip();
		if (text.startsWith("{") || text.startsWith("[")) {
			try {
				return List.of(Payloads.json(text));
			}
			catch (IllegalArgumentException ex) {
				// Perhaps one on each line
			}
		}
		List<Object> read = new ArrayList<>();
		List<String> wrong = new ArrayList<>();
		String[] lines = text.split("\\R");
		for (int line = 0; line < lines.length; line++) {
			if (!lines[line].isBlank()) {
				read(lines[line].strip(), line + 1, read, wrong);
			}
		}
		if (read.isEmpty() && wrong.isEmpty()) {
			wrong.add("Give at least one payload.");
		}
		if (read.size() > MAX_TASKS) {
			wrong.add("At most %d tasks at once, these are %d.".formatted(MAX_TASKS, read.size()));
		}
		wrong.stream().limit(MAX_MESSAGES).forEach((message) -> reject(errors, "payloads", message));
		if (wrong.size() > MAX_MESSAGES) {
			reject(errors, "payloads", "… and %d more lines like these.".formatted(wrong.size() - MAX_MESSAGES));
		}
		return read;
	}

	private static void read(String line, int number, List<Object> read, List<String> wrong) {
		try {
			read.add(line.matches("[a-z]+://.*") ? CheckRequest.of(line) : Payloads.json(line));
		}
		catch (IllegalArgumentException ex) {
			wrong.add("Line %d %s: %s".formatted(number, ex.getMessage(), StringUtils.truncate(line, 200)));
		}
	}

	private static void number(Errors errors, String field, String text, int most, String message) {
		try {
			int number = Integer.parseInt(text.strip());
			if (number < 0 || number > most) {
				reject(errors, field, message);
			}
		}
		catch (NumberFormatException ex) {
			reject(errors, field, message);
		}
	}

	private static void reject(Errors errors, String field, String message) {
		errors.rejectValue(field, "console." + field, message);
	}

	/**
	 * Tells how the tasks are to be enqueued; for a form without errors.
	 */
	TaskOptions options() {
		return TaskOptions.of()
			.withPriority(Integer.parseInt(this.priority.strip()))
			.withDelay(Duration.ofSeconds(Integer.parseInt(this.delay.strip())));
	}

	/**
	 * JSON that a person typed.
	 */
	static final class Payloads {

		private Payloads() {
		}

		static JsonNode json(String text) {
			try {
				JsonNode node = JsonMapper.shared().readTree(text);
				if (node.isNull() || node.isMissingNode()) {
					throw new IllegalArgumentException("is nothing");
				}
				return node;
			}
			catch (JacksonException ex) {
				throw new IllegalArgumentException("is not JSON (%s)".formatted(ex.getOriginalMessage()), ex);
			}
		}

	}

}
