package io.ikigai.sample.webapp;

import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.ikigai.platform.testing.Waits;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Speaks HTTP with the console as a browser does: with cookies, and with the token that
 * its forms bear.
 */
public final class ConsoleClient {

	private static final Pattern TOKEN = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"");

	private final HttpClient http = HttpClient.newBuilder().cookieHandler(new CookieManager()).build();

	private final URI console;

	private String token = "";

	/**
	 * Nobody is logged in yet.
	 * @param console where the console is
	 */
	public ConsoleClient(URI console) {
		this.console = console;
	}

	/**
	 * Logs a user in.
	 * @return this client
	 */
	public ConsoleClient login(String user, String password) throws IOException, InterruptedException {
		this.token = token(get("/login").body());
		HttpResponse<String> answer = post("/login", Map.of("username", user, "password", password));
		assertThat(answer.headers().firstValue("Location")).get().asString().doesNotContain("/login");
		this.token = token(get("/").body());
		return this;
	}

	private static String token(String page) {
		Matcher token = TOKEN.matcher(page);
		assertThat(token.find()).as(page).isTrue();
		return token.group(1);
	}

	/**
	 * Forgets the token of the forms.
	 */
	public void forgetToken() {
		this.token = "";
	}

	/**
	 * Fetches a page without following redirects.
	 */
	public HttpResponse<String> get(String path) throws IOException, InterruptedException {
		return this.http.send(request(path).build(), BodyHandlers.ofString());
	}

	/**
	 * Fetches a page again until it shows all that it waits for.
	 */
	public String page(String path) throws IOException, InterruptedException {
		return Waits.until("all of " + path, () -> get(path).body(), (page) -> !page.contains("class=\"busy-mark\""));
	}

	/**
	 * Sends a form.
	 */
	public HttpResponse<String> post(String path, Map<String, String> form) throws IOException, InterruptedException {
		String body = form.entrySet()
			.stream()
			.map((field) -> field.getKey() + "=" + encode(field.getValue()) + "&")
			.collect(Collectors.joining("", "", "_csrf=" + encode(this.token)));
		return this.http.send(request(path).POST(BodyPublishers.ofString(body))
			.header("Content-Type", "application/x-www-form-urlencoded")
			.build(), BodyHandlers.ofString());
	}

	/**
	 * Opens the stream of events.
	 * @return its lines; whoever closes it closes the connection
	 */
	public Stream<String> events() throws IOException, InterruptedException {
		HttpResponse<Stream<String>> answer = this.http.send(request("/events").build(), BodyHandlers.ofLines());
		assertThat(answer.headers().firstValue("Content-Type")).get().asString().startsWith("text/event-stream");
		return answer.body();
	}

	private HttpRequest.Builder request(String path) {
		return HttpRequest.newBuilder(this.console.resolve(path)).timeout(Waits.LIMIT);
	}

	/**
	 * Encodes a value for a query or a form.
	 */
	public static String encode(String text) {
		return URLEncoder.encode(text, StandardCharsets.UTF_8);
	}

}
