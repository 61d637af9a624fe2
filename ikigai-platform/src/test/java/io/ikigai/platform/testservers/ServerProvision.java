package io.ikigai.platform.testservers;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * The one place that decides how a server for tests is had: the ways are tried in their
 * order, and the first that works is taken for the rest of the JVM's life. An environment
 * variable names one way and excludes the others. There is no way around a server: where
 * none is to be had the test fails. Thread-safe.
 */
final class ServerProvision {

	private static final Logger logger = System.getLogger(ServerProvision.class.getName());

	private final String server;

	private final String variable;

	private final String advice;

	private final Map<String, Supplier<RunningServer>> ways;

	private @Nullable String decision;

	/**
	 * Create a provision for one kind of server.
	 * @param server the kind's name, as in "PostgreSQL"
	 * @param variable the environment variable that names the only way to try
	 * @param advice what to install where no way works
	 * @param ways from a way's name to what starts a server, in the order to try; a way
	 * that is not to be had here throws {@link ServerUnavailableException}
	 */
	ServerProvision(String server, String variable, String advice,
			LinkedHashMap<String, Supplier<RunningServer>> ways) {
		this.server = server;
		this.variable = variable;
		this.advice = advice;
		this.ways = ways;
	}

	RunningServer start() {
		return start(System.getenv(this.variable));
	}

	synchronized RunningServer start(@Nullable String forced) {
		if (forced != null && !this.ways.containsKey(forced)) {
			throw new ServerUnavailableException("%s=%s is none of the ways to have a %s for tests: %s"
				.formatted(this.variable, forced, this.server, String.join(", ", this.ways.keySet())));
		}
		String only = (forced != null) ? forced : this.decision;
		List<ServerUnavailableException> failures = new ArrayList<>();
		for (String way : (only != null) ? List.of(only) : this.ways.keySet()) {
			try {
				RunningServer running = this.ways.get(way).get();
				this.decision = way;
				logger.log(Level.INFO, "{0} for tests: {1}: {2}{3}", this.server, way, running.description(),
						failures.isEmpty() ? ""
								: reasons(failures.stream().map(ServerProvision::firstLine), "; not by way of "));
				return running;
			}
			catch (ServerUnavailableException ex) {
				failures.add(new ServerUnavailableException(way + ": " + ex.getMessage(), ex));
			}
		}
		String restriction = "";
		if (forced != null) {
			restriction = "\nNo other way was tried, because of " + this.variable + "=" + forced;
		}
		else if (only != null) {
			restriction = "\nNo other way was tried, because this JVM has other servers by way of " + only;
		}
		ServerUnavailableException exception = new ServerUnavailableException("There is no " + this.server
				+ " for tests." + reasons(failures.stream().map(Throwable::getMessage), "\n  ") + "\n" + this.advice
				+ restriction);
		failures.forEach(exception::addSuppressed);
		throw exception;
	}

	private static String reasons(Stream<String> messages, String prefix) {
		return messages.collect(Collectors.joining(prefix, prefix, ""));
	}

	private static String firstLine(Throwable failure) {
		return failure.getMessage().lines().findFirst().orElse("");
	}

}
