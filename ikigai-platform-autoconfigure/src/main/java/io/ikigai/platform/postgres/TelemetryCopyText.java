package io.ikigai.platform.postgres;

import java.util.List;

import io.ikigai.platform.telemetry.TelemetryEvent;

/**
 * Events as COPY's text format has them: a line each, columns between tabs.
 */
final class TelemetryCopyText {

	private TelemetryCopyText() {
	}

	static String of(List<TelemetryEvent> events) {
		StringBuilder text = new StringBuilder(events.size() * 200);
		for (TelemetryEvent event : events) {
			text.append(event.id()).append('\t');
			append(text, event.agent()).append('\t');
			append(text, event.type()).append('\t');
			append(text, event.json()).append('\t');
			text.append(event.createdAt()).append('\n');
		}
		return text.toString();
	}

	private static StringBuilder append(StringBuilder text, String value) {
		for (int i = 0; i < value.length(); i++) {
			char c = value.charAt(i);
			switch (c) {
				case '\\' -> text.append("\\\\");
				case '\t' -> text.append("\\t");
				case '\n' -> text.append("\\n");
				case '\r' -> text.append("\\r");
				default -> text.append(c);
			}
		}
		return text;
	}

}
