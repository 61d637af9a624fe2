package io.ikigai.sample.webapp;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.stereotype.Component;
import org.springframework.web.util.HtmlUtils;

/**
 * How the templates write values. What it returns is text: the templates escape it.
 */
@Component("show")
class Display {

	private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
		.withZone(ZoneOffset.UTC);

	private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

	private static final int LONGEST_JSON = 100_000;

	private final JsonMapper json;

	Display(JsonMapper json) {
		this.json = json;
	}

	public String number(@Nullable Number number) {
		return (number != null) ? String.format(Locale.ROOT, "%,d", number.longValue()) : "–";
	}

	public String decimal(double number) {
		return (number >= 100 || number == Math.rint(number)) ? number(Math.round(number))
				: String.format(Locale.ROOT, "%.1f", number);
	}

	public String time(@Nullable Instant time) {
		return (time != null) ? TIME.format(time) : "–";
	}

	/**
	 * A distance from now, which the browser keeps up to date.
	 */
	public String ago(@Nullable Instant time) {
		if (time == null) {
			return "–";
		}
		Duration past = Duration.between(time, Instant.now());
		if (past.isNegative() && past.toSeconds() < -1) {
			return "in " + duration(past.negated());
		}
		return (past.toSeconds() < 2) ? "just now" : duration(past) + " ago";
	}

	public String duration(@Nullable Duration duration) {
		if (duration == null) {
			return "–";
		}
		long seconds = duration.toSeconds();
		if (duration.compareTo(Duration.ofSeconds(1)) < 0) {
			return duration.toMillis() + " ms";
		}
		if (seconds < 120) {
			return seconds + " s";
		}
		if (seconds < 2 * 3600) {
			return seconds / 60 + " min";
		}
		return (seconds < 48 * 3600) ? seconds / 3600 + " h" : seconds / 86_400 + " days";
	}

	public String seconds(long seconds) {
		return duration(Duration.ofSeconds(seconds));
	}

	public String between(@Nullable Instant from, @Nullable Instant to) {
		return (from != null && to != null) ? duration(Duration.between(from, to)) : "";
	}

	public String word(Enum<?> word) {
		return word.name().toLowerCase(Locale.ROOT).replace('_', ' ');
	}

	/**
	 * JSON as people read it.
	 */
	public String json(@Nullable String text) {
		if (text == null || text.length() > LONGEST_JSON) {
			return (text != null) ? text.substring(0, LONGEST_JSON) + " …" : "";
		}
		try {
			return this.json.writerWithDefaultPrettyPrinter().writeValueAsString(this.json.readTree(text));
		}
		catch (JacksonException ex) {
			return text;
		}
	}

	/**
	 * JSON in one line, without the punctuation that a list does not need, and ids last.
	 */
	public String brief(@Nullable String text) {
		if (text == null) {
			return "";
		}
		try {
			JsonNode node = (text.length() > LONGEST_JSON) ? null : this.json.readTree(text);
			if (node != null && node.isObject() && !node.isEmpty()) {
				List<String> fields = new ArrayList<>();
				List<String> ids = new ArrayList<>();
				node.properties().stream().filter((field) -> !field.getValue().isNull()).forEach((field) -> {
					String value = plain(field.getValue());
					(ID.matcher(value).matches() ? ids : fields).add(field.getKey() + ": " + value);
				});
				fields.addAll(ids);
				return shorten(String.join(" · ", fields), 200);
			}
			return shorten((node != null) ? plain(node) : text, 200);
		}
		catch (JacksonException ex) {
			return shorten(text, 200);
		}
	}

	private static String shorten(String text, int most) {
		return (text.length() > most) ? text.substring(0, most - 1) + "…" : text;
	}

	private static String plain(JsonNode node) {
		return node.isString() ? node.stringValue() : node.toString();
	}

	public String firstLine(@Nullable String text) {
		return (text != null) ? shorten(text.lines().findFirst().orElse(""), 300) : "";
	}

	public boolean manyLines(@Nullable String text) {
		return text != null && text.strip().lines().skip(1).findAny().isPresent();
	}

	/**
	 * The parts of a snippet, so that not even the platform's HTML goes unescaped.
	 */
	public List<Part> parts(@Nullable String snippet) {
		List<Part> parts = new ArrayList<>();
		String rest = (snippet != null) ? snippet : "";
		while (!rest.isEmpty()) {
			int start = rest.indexOf("<mark>");
			int end = rest.indexOf("</mark>", Math.max(start, 0));
			if (start < 0 || end < 0) {
				parts.add(new Part(HtmlUtils.htmlUnescape(rest), false));
				break;
			}
			parts.add(new Part(HtmlUtils.htmlUnescape(rest.substring(0, start)), false));
			parts.add(new Part(HtmlUtils.htmlUnescape(rest.substring(start + "<mark>".length(), end)), true));
			rest = rest.substring(end + "</mark>".length());
		}
		return parts;
	}

	/**
	 * The trace a task or a message belongs to.
	 * @param traceparent the header, as W3C's Trace Context writes it
	 */
	public String traceId(@Nullable String traceparent) {
		String[] fields = (traceparent != null) ? traceparent.split("-") : new String[0];
		return (fields.length > 1) ? fields[1] : "";
	}

	/**
	 * Text of a snippet.
	 *
	 * @param marked whether it is what was looked for
	 */
	public record Part(String text, boolean marked) {
	}

}
