package io.ikigai.benchmarks.worker;

import java.io.Serializable;

/**
 * What each task carries: as JSON 197 bytes while it is sent by nobody who waits.
 *
 * @param sent when its pick-up began, in microseconds since 1970; 0 where that is not
 * measured
 * @param url some text
 * @param text more text
 */
public record Payload(long sent, String url, String text) implements Serializable {

	private static final String URL = "https://example.org/";

	private static final String TEXT = "x".repeat(145);

	static Payload plain() {
		return new Payload(0, URL, TEXT);
	}

	static Payload sentNow() {
		return new Payload(HandlerCount.nowMicros(), URL, TEXT);
	}

	/**
	 * The same as text, for those who take JSON.
	 */
	String json() {
		return "{\"sent\": " + this.sent + ", \"url\": \"" + this.url + "\", \"text\": \"" + this.text + "\"}";
	}

}
