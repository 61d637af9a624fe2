package io.ikigai.sample.agent;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import javax.net.ssl.SSLSession;

import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;
import org.springframework.util.StringUtils;

/**
 * Asks a web site how it is. A site that can't be reached, or whose certificate can't be
 * trusted, is an outcome and not a failure of the check.
 */
@Component
class SiteChecker {

	private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

	private static final Duration TOTAL_TIMEOUT = Duration.ofSeconds(15);

	private final HttpClient client = HttpClient.newBuilder()
		.connectTimeout(CONNECT_TIMEOUT)
		.followRedirects(HttpClient.Redirect.NORMAL)
		.build();

	CheckOutcome check(URI url) throws InterruptedException {
		HttpRequest request = HttpRequest.newBuilder(url).header("User-Agent", "ikigai-monitoring-agent").build();
		long start = System.nanoTime();
		CompletableFuture<HttpResponse<InputStream>> answer = this.client.sendAsync(request,
				BodyHandlers.ofInputStream());
		try {
			HttpResponse<InputStream> response = answer.get(TOTAL_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
			long millis = millisSince(start);
			response.body().close(); // the content is of no interest, however long it is
			int status = response.statusCode();
			return new CheckOutcome((status < 400) ? null : "HTTP status " + status, status, millis,
					certificateExpiry(response.sslSession().orElse(null)));
		}
		catch (TimeoutException ex) {
			return CheckOutcome.unreachable("no answer within " + TOTAL_TIMEOUT.toSeconds() + " s", millisSince(start));
		}
		catch (ExecutionException | IOException ex) {
			return CheckOutcome.unreachable(reason(ex), millisSince(start));
		}
		finally {
			answer.cancel(true);
		}
	}

	private static long millisSince(long start) {
		return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
	}

	private static @Nullable Instant certificateExpiry(@Nullable SSLSession session) throws IOException {
		return (session != null && session.getPeerCertificates()[0] instanceof X509Certificate certificate)
				? certificate.getNotAfter().toInstant() : null;
	}

	private static String reason(Exception ex) {
		Throwable failure = (ex instanceof ExecutionException && ex.getCause() != null) ? ex.getCause() : ex;
		if (failure instanceof HttpConnectTimeoutException) {
			return "no connection within " + CONNECT_TIMEOUT.toSeconds() + " s";
		}
		if (failure.getCause() instanceof UnresolvedAddressException) {
			return "host not found";
		}
		if (failure.getMessage() == null) {
			return (failure instanceof ConnectException) ? "connection refused" : failure.toString();
		}
		// What a strange server sent may be in there, and PostgreSQL keeps no NUL
		return StringUtils.truncate(failure.getMessage().replace("\0", ""), 500);
	}

}
