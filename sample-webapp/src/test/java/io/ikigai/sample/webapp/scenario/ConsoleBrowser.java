package io.ikigai.sample.webapp.scenario;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a browser does with the console: sends its form and watches its live updates.
 */
final class ConsoleBrowser implements AutoCloseable {

	private final HttpClient http = HttpClient.newHttpClient();

	private final JsonMapper json = JsonMapper.shared();

	private final URI console;

	private final Stream<String> events;

	private volatile JsonNode state;

	ConsoleBrowser(URI console) throws IOException, InterruptedException {
		this.console = console;
		this.state = this.json.createObjectNode();
		this.events = this.http.send(HttpRequest.newBuilder(console.resolve("/events")).build(), BodyHandlers.ofLines())
			.body();
		Thread reader = new Thread(this::watch, "browser");
		reader.setDaemon(true);
		reader.start();
	}

	private void watch() {
		try {
			this.events.filter((line) -> line.startsWith("data:{"))
				.forEach((line) -> this.state = this.json.readTree(line.substring("data:".length())));
		}
		catch (UncheckedIOException ex) {
			// The console has stopped, or this was closed
		}
	}

	/**
	 * What the page shows now.
	 */
	JsonNode state() {
		return this.state;
	}

	/**
	 * Queues checks by the form of the page.
	 * @return the status of the answer; the checks are queued if it is 302
	 */
	int queue(Collection<URI> addresses, int delaySeconds) throws IOException, InterruptedException {
		String urls = addresses.stream().map(URI::toString).collect(Collectors.joining("\n"));
		String form = "urls=%s&priority=3&delay=%d".formatted(URLEncoder.encode(urls, StandardCharsets.UTF_8),
				delaySeconds);
		return this.http
			.send(request("/checks").POST(BodyPublishers.ofString(form))
				.header("Content-Type", "application/x-www-form-urlencoded")
				.build(), BodyHandlers.discarding())
			.statusCode();
	}

	String get(String path) throws IOException, InterruptedException {
		HttpResponse<String> answer = this.http.send(request(path).build(), BodyHandlers.ofString());
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
		return answer.body();
	}

	/**
	 * The status of the answer to the question for its health.
	 */
	int health() throws IOException, InterruptedException {
		return this.http.send(request("/actuator/health").build(), BodyHandlers.discarding()).statusCode();
	}

	private HttpRequest.Builder request(String path) {
		return HttpRequest.newBuilder(this.console.resolve(path)).timeout(Duration.ofSeconds(30));
	}

	@Override
	public void close() {
		this.events.close();
	}

}
