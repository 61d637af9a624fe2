package io.ikigai.sample.agent;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLSession;

import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;
import org.springframework.util.StringUtils;

/**
 * Asks a web site how it is. A site that can't be reached, or whose certificate can't be
 * trusted, is an outcome and not a failure of the check.
 */
@Component
record SiteChecker(SiteRequests requests) {

	CheckOutcome check(URI url) throws InterruptedException {
		long start = System.nanoTime();
		try {
			HttpResponse<InputStream> response = this.requests.get(url, BodyHandlers.ofInputStream(),
					SiteRequests.MOST_REDIRECTS);
			long millis = millisSince(start);
			response.body().close(); // the content is of no interest, however long it is
			int status = response.statusCode();
			return new CheckOutcome((status < 400) ? null : "HTTP status " + status, status, millis,
					certificateExpiry(response.sslSession().orElse(null)));
		}
		catch (IOException ex) {
			return CheckOutcome.unreachable(reason(ex), millisSince(start));
		}
	}

	private static long millisSince(long start) {
		return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
	}

	private static @Nullable Instant certificateExpiry(@Nullable SSLSession session) throws IOException {
		return (session != null && session.getPeerCertificates()[0] instanceof X509Certificate certificate)
				? certificate.getNotAfter().toInstant() : null;
	}

	private static String reason(IOException failure) {
		if (failure.getMessage() == null) {
			return (failure instanceof ConnectException) ? "connection refused" : failure.toString();
		}
		// What a strange server sent may be in there, and PostgreSQL keeps no NUL
		return StringUtils.truncate(failure.getMessage().replace("\0", ""), 500);
	}

}
