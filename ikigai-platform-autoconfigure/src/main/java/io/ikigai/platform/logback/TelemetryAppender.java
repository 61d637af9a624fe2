package io.ikigai.platform.logback;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import io.ikigai.platform.telemetry.Telemetry;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.context.SmartLifecycle;

/**
 * Emits what is logged as {@code log} events, while the application runs. What telemetry
 * itself logs is left out: it would go round in circles.
 */
public final class TelemetryAppender extends UnsynchronizedAppenderBase<ILoggingEvent> implements SmartLifecycle {

	private static final String OWN_THREAD = "ikigai-telemetry";

	private static final String OWN_LOGGER = "io.ikigai.platform.runtime.DroppedEvents";

	private static final int LONGEST = 8000;

	private final Telemetry telemetry;

	private final LoggerContext loggers;

	private final Level level;

	/**
	 * Creates the appender; it appends once it is started.
	 * @param telemetry where to emit
	 * @param loggers Logback
	 * @param level from which level on, by its name
	 */
	public TelemetryAppender(Telemetry telemetry, LoggerContext loggers, String level) {
		this.telemetry = telemetry;
		this.loggers = loggers;
		this.level = Level.toLevel(level, Level.OFF);
		setName("ikigai-telemetry");
		setContext(loggers);
	}

	@Override
	public void start() {
		super.start();
		if (this.level != Level.OFF) {
			this.loggers.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(this);
		}
	}

	@Override
	public void stop() {
		this.loggers.getLogger(Logger.ROOT_LOGGER_NAME).detachAppender(this);
		super.stop();
	}

	@Override
	public boolean isRunning() {
		return isStarted();
	}

	@Override
	protected void append(ILoggingEvent event) {
		if (!event.getLevel().isGreaterOrEqual(this.level) || event.getThreadName().equals(OWN_THREAD)
				|| event.getLoggerName().equals(OWN_LOGGER)) {
			return;
		}
		Map<String, Object> payload = new LinkedHashMap<>();
		payload.put("level", event.getLevel().toString());
		payload.put("logger", event.getLoggerName());
		payload.put("thread", storable(event.getThreadName()));
		payload.put("message", storable(event.getFormattedMessage()));
		IThrowableProxy error = event.getThrowableProxy();
		if (error != null) {
			payload.put("error", storable(error.getClassName() + ": " + error.getMessage()));
		}
		this.telemetry.emit("log", JsonMapper.shared().valueToTree(payload));
	}

	// A log line must be told whatever it holds: the encoding replaces half surrogates.
	private static String storable(String text) {
		String start = (text.length() > LONGEST) ? text.substring(0, LONGEST) : text;
		return new String(start.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8).replace('\0', '?');
	}

}
