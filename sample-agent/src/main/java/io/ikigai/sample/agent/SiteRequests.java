package io.ikigai.sample.agent;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.http.client.FilteredHostException;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.boot.http.client.JdkHttpClientBuilder;
import org.springframework.stereotype.Component;

/**
 * Sends requests to addresses that other people have chosen. Loopback, link-local,
 * private and other addresses that are not public are refused, also where a site
 * redirects to one: behind them are services that trust this machine, such as a cloud's
 * metadata. {@code monitoring.allowed-addresses} makes exceptions.
 */
@Component
class SiteRequests {

	static final int MOST_REDIRECTS = 5;

	private final HttpClient client;

	private final Duration timeout;

	SiteRequests(@Value("${monitoring.allowed-addresses:}") List<String> allowed,
			@Value("${monitoring.timeout:15s}") Duration timeout) {
		this.timeout = timeout;
		// The JDK's client does not ask the filter for an address that it is redirected
		// to
		this.client = new JdkHttpClientBuilder().build(HttpClientSettings.defaults()
			.withConnectTimeout(timeout)
			.withRedirects(HttpRedirects.DONT_FOLLOW)
			.withInetAddressFilter(InetAddressFilter.externalAddresses().or(allowed.toArray(String[]::new))));
	}

	/**
	 * Sends a GET request, and follows redirects. Each answer is waited for until the
	 * timeout, its body too as far as the handler reads it.
	 */
	<T> HttpResponse<T> get(URI url, BodyHandler<T> body, int redirects) throws IOException, InterruptedException {
		CompletableFuture<HttpResponse<T>> future = new CompletableFuture<>();
		try {
			future = this.client
				.sendAsync(HttpRequest.newBuilder(url).header("User-Agent", "ikigai-monitoring-agent").build(), body);
			HttpResponse<T> answer = future.get(this.timeout.toMillis(), TimeUnit.MILLISECONDS);
			Optional<String> next = answer.headers().firstValue("Location");
			if (answer.statusCode() / 100 != 3 || next.isEmpty() || redirects == 0) {
				return answer;
			}
			if (answer.body() instanceof InputStream unread) {
				unread.close();
			}
			return get(url.resolve(next.get()), body, redirects - 1);
		}
		catch (FilteredHostException ex) {
			// A host that is not known is refused too: this says so
			InetAddress.getByName(ex.getHost());
			throw new IOException("the address is not public; monitoring.allowed-addresses makes exceptions", ex);
		}
		catch (TimeoutException ex) {
			throw new IOException("no answer within " + this.timeout.toSeconds() + " s", ex);
		}
		catch (ExecutionException | IllegalArgumentException ex) {
			throw (ex.getCause() instanceof IOException failure) ? failure : new IOException(ex);
		}
		finally {
			future.cancel(true);
		}
	}

}
