package io.ikigai.platform.runtime;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;

import io.ikigai.platform.telemetry.Telemetry;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * What became of topic messages: counts, the log, and {@code error} events. Safe for use
 * by several threads.
 */
final class TopicOutcomes {

	private static final Log logger = LogFactory.getLog(TopicOutcomes.class);

	private static final int LONGEST_LINE = 500;

	final LongAdder handled = new LongAdder();

	final LongAdder failed = new LongAdder();

	final LongAdder missed = new LongAdder();

	private final Telemetry telemetry;

	TopicOutcomes(Telemetry telemetry) {
		this.telemetry = telemetry;
	}

	void handled() {
		this.handled.increment();
	}

	void failed(String topic, Throwable error) {
		this.failed.increment();
		logger.error("A subscriber of topic '" + topic + "' failed on a message; it gets the next one", error);
		emit(topic, error.toString());
	}

	void missed(Set<String> topics, String reason) {
		this.missed.increment();
		String text = "A subscription may have missed messages for good: " + reason;
		logger.error(text + ". Its topics: " + topics);
		topics.forEach((topic) -> emit(topic, text));
	}

	private void emit(String topic, String error) {
		String line = error.lines().findFirst().orElse("");
		Map<String, Object> payload = new LinkedHashMap<>();
		payload.put("topic", topic);
		payload.put("error", UnstorableText.replaceIn(line.substring(0, Math.min(line.length(), LONGEST_LINE))));
		try {
			this.telemetry.emit("error", OwnJson.tree(payload));
		}
		catch (RuntimeException ex) {
			logger.warn("Could not emit an error event for topic '" + topic + "'", ex);
		}
	}

}
