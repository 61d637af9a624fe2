package io.ikigai.sample.webapp.scenario;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.ikigai.sample.webapp.ConsoleClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a person does with the console: logs in, sends its forms, reads its pages, and
 * watches its live updates.
 */
final class ConsoleBrowser implements AutoCloseable {

	static final String PASSWORD = "of-the-scenario";

	private static final Pattern COMPLETED_TASK = Pattern.compile("data-task=\"([^\"]+)\" data-state=\"COMPLETED\"");

	private static final Pattern COMPLETED = Pattern.compile("data-completed=\"([0-9]+)\"");

	private static final Pattern CHECKS = Pattern.compile("id=\"answers\">([0-9,]+) checks");

	private final ConsoleClient client;

	private final Stream<String> events;

	private final Set<String> told = ConcurrentHashMap.newKeySet();

	ConsoleBrowser(URI console) throws IOException, InterruptedException {
		this.client = new ConsoleClient(console).login("operator", PASSWORD);
		this.events = this.client.events();
		Thread reader = new Thread(this::watch, "browser");
		reader.setDaemon(true);
		reader.start();
	}

	private void watch() {
		try {
			this.events.filter((line) -> line.startsWith("data:"))
				.forEach((line) -> this.told.addAll(Set.of(line.substring("data:".length()).split(" "))));
		}
		catch (UncheckedIOException ex) {
			// The console has stopped, or this was closed
		}
	}

	/**
	 * Whether the console has told, without being asked, that something changed there.
	 */
	boolean told(String area) {
		return this.told.contains(area);
	}

	/**
	 * Whether the address's task is shown as completed, and the document about it is
	 * shown too.
	 */
	boolean finished(URI address) throws IOException, InterruptedException {
		Matcher task = COMPLETED_TASK
			.matcher(page("/queue?name=monitoring-tasks&q=" + ConsoleClient.encode(address.toString())));
		return task.find()
				&& this.client.get("/document?collection=site-checks&id=" + task.group(1)).statusCode() == 200;
	}

	/**
	 * Whether what an agent has just told of the address is shown.
	 */
	boolean news(URI address, String state) throws IOException, InterruptedException {
		return Pattern.compile("url: " + Pattern.quote(address.toString()) + " ·[^<]* state: " + state + "\\b")
			.matcher(page("/"))
			.find();
	}

	/**
	 * How many tasks the console says are completed.
	 */
	long completed() throws IOException, InterruptedException {
		return number(COMPLETED, page("/queue?name=monitoring-tasks"));
	}

	/**
	 * How many checks of the last hour the console says there are.
	 */
	long checks() throws IOException, InterruptedException {
		return number(CHECKS, page("/"));
	}

	private static long number(Pattern pattern, String page) {
		Matcher number = pattern.matcher(page);
		return number.find() ? Long.parseLong(number.group(1).replace(",", "")) : -1;
	}

	private String page(String path) throws IOException, InterruptedException {
		return this.client.get(path).body();
	}

	/**
	 * Enqueues checks by the form of the page.
	 * @return the status of the answer; the checks are enqueued if it is 302
	 */
	int queue(Collection<URI> addresses, int delaySeconds) throws IOException, InterruptedException {
		String payloads = addresses.stream().map(URI::toString).collect(Collectors.joining("\n"));
		HttpResponse<String> answer = this.client.post("/queue/enqueue", Map.of("name", "monitoring-tasks", "payloads",
				payloads, "priority", "3", "delay", String.valueOf(delaySeconds)));
		if (answer.statusCode() == 302) {
			assertThat(answer.headers().firstValue("Location")).get().asString().contains("/queue?");
		}
		return answer.statusCode();
	}

	String get(String path) throws IOException, InterruptedException {
		HttpResponse<String> answer = this.client.get(path);
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
		return answer.body();
	}

	/**
	 * The status of the answer to the question for its health.
	 */
	int health() throws IOException, InterruptedException {
		return this.client.get("/actuator/health").statusCode();
	}

	@Override
	public void close() {
		this.events.close();
	}

}
