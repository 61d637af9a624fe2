package io.ikigai.platform.cache;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

import io.ikigai.platform.Platform;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * What the classes of the compatibility kit of the cache share. A backend passes the kit
 * with one subclass of each {@code …ContractTests} of this package.
 */
public abstract class CacheContract {

	static final Duration LONG = Duration.ofHours(1);

	private String region;

	private ExecutorService threads;

	/**
	 * Returns a platform whose cache runs on the backend under test.
	 * @return the platform, the same for all tests of a class
	 */
	protected abstract Platform platform();

	/**
	 * Returns another platform on the same backend, as another process has it.
	 * @return the platform, the same for all tests of a class
	 */
	protected abstract Platform other();

	@BeforeEach
	void freshRegion() {
		this.region = "contract-" + UUID.randomUUID();
		this.threads = Executors.newCachedThreadPool();
	}

	@AfterEach
	void endThreads() {
		this.threads.shutdownNow();
	}

	/**
	 * Returns a region that no other test uses.
	 * @return the region, empty when the test begins
	 */
	protected Cache cache() {
		return platform().cache(this.region);
	}

	/**
	 * Returns the same region as another process sees it.
	 * @return the region
	 */
	protected Cache elsewhere() {
		return other().cache(this.region);
	}

	/**
	 * Runs in another thread, outside the caller's transaction.
	 */
	<T> CompletableFuture<T> async(Supplier<T> work) {
		return CompletableFuture.supplyAsync(work, this.threads);
	}

	/**
	 * Thrown by work that is meant to fail.
	 */
	static final class Deliberate extends RuntimeException {

		private static final long serialVersionUID = 1L;

		Deliberate() {
			super("deliberate");
		}

	}

	/**
	 * A value as applications have them.
	 *
	 * @param name a name
	 * @param amount an amount
	 */
	record Price(String name, double amount) {
	}

}
