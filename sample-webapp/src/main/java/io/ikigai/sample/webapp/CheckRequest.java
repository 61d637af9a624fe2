package io.ikigai.sample.webapp;

import java.net.URI;
import java.net.URISyntaxException;

/**
 * The payload of a task for the monitoring agent.
 *
 * @param url an absolute http or https address
 */
record CheckRequest(URI url) {

	/**
	 * Reads what a person typed.
	 * @param text one address
	 * @return the payload
	 * @throws IllegalArgumentException saying what is wrong with the address
	 */
	static CheckRequest of(String text) {
		URI url = parse(text);
		if (!"http".equalsIgnoreCase(url.getScheme()) && !"https".equalsIgnoreCase(url.getScheme())) {
			throw new IllegalArgumentException("must begin with http:// or https://");
		}
		if (url.getHost() == null) {
			throw new IllegalArgumentException("has no valid host name");
		}
		return new CheckRequest(url);
	}

	private static URI parse(String text) {
		try {
			return new URI(text);
		}
		catch (URISyntaxException ex) {
			throw new IllegalArgumentException("is not a web address (%s)".formatted(ex.getReason()), ex);
		}
	}

}
