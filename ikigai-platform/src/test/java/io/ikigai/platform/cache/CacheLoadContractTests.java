package io.ikigai.platform.cache;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.ikigai.platform.testing.Waits;
import org.junit.jupiter.api.Test;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Values that are loaded when they are not there: once, however many want them.
 */
public abstract class CacheLoadContractTests extends CacheContract {

	private final AtomicInteger calls = new AtomicInteger();

	private final CountDownLatch loading = new CountDownLatch(1);

	private final CountDownLatch mayEnd = new CountDownLatch(1);

	private <T> Supplier<T> slowly(Supplier<T> result) {
		return () -> {
			this.calls.incrementAndGet();
			this.loading.countDown();
			passed(this.mayEnd);
			return result.get();
		};
	}

	private static void passed(CountDownLatch latch) {
		Waits.open("the loader may go on", latch);
	}

	@Test
	void loadsWhatIsNotThereAndKeepsIt() {
		assertThat(cache().get("k", String.class, LONG, () -> "loaded")).isEqualTo("loaded");
		assertThat(elsewhere().get("k", String.class, LONG, () -> "again")).isEqualTo("loaded");
		assertThat(cache().get("k", String.class)).contains("loaded");
	}

	@Test
	void keepsWhatWasLoadedForItsTime() {
		cache().get("k", String.class, Duration.ofMillis(300), () -> "loaded");
		await().until(() -> cache().get("k", String.class).isEmpty());
		assertThat(cache().get("k", String.class, LONG, () -> "again")).isEqualTo("again");
	}

	@Test
	void callsOneLoaderForManyThreads() {
		List<CompletableFuture<String>> callers = callers(32, (i) -> cache(), slowly(() -> "loaded"));
		passed(this.loading);
		this.mayEnd.countDown();
		assertThat(callers.stream().map(CompletableFuture::join)).hasSize(32).containsOnly("loaded");
		assertThat(this.calls).hasValue(1);
	}

	@Test
	void callsOneLoaderForManyThreadsOfSeveralProcesses() {
		List<CompletableFuture<String>> callers = callers(32, (i) -> (i % 2 == 0) ? cache() : elsewhere(),
				slowly(() -> "loaded"));
		passed(this.loading);
		assertThat(async(() -> elsewhere().get("k", String.class)).join()).isEmpty();
		this.mayEnd.countDown();
		assertThat(callers.stream().map(CompletableFuture::join)).hasSize(32).containsOnly("loaded");
		assertThat(this.calls).hasValue(1);
	}

	private List<CompletableFuture<String>> callers(int number, java.util.function.IntFunction<Cache> cache,
			Supplier<String> loader) {
		return IntStream.range(0, number)
			.mapToObj((i) -> async(() -> cache.apply(i).get("k", String.class, LONG, loader)))
			.toList();
	}

	@Test
	void loadsDifferentKeysAtTheSameTime() {
		CompletableFuture<String> slow = async(() -> cache().get("k", String.class, LONG, slowly(() -> "slow")));
		passed(this.loading);
		assertThat(cache().get("l", String.class, LONG, () -> "fast")).isEqualTo("fast");
		assertThat(slow).isNotDone();
		this.mayEnd.countDown();
		assertThat(slow.join()).isEqualTo("slow");
	}

	@Test
	void tellsAllCallersWhatTheLoaderThrewAndKeepsNothing() {
		Supplier<String> failing = slowly(() -> {
			throw new Deliberate();
		});
		List<CompletableFuture<String>> callers = callers(8, (i) -> cache(), failing);
		passed(this.loading);
		this.mayEnd.countDown();
		callers.forEach((caller) -> assertThatExceptionOfType(CompletionException.class).isThrownBy(caller::join)
			.withCauseInstanceOf(Deliberate.class));
		assertThat(cache().get("k", String.class)).isEmpty();
		assertThat(elsewhere().get("k", String.class, LONG, () -> "loaded")).isEqualTo("loaded");
	}

	@Test
	void loadsElsewhereWhatFailedHere() {
		CompletableFuture<String> failing = async(() -> cache().get("k", String.class, LONG, slowly(() -> {
			throw new Deliberate();
		})));
		passed(this.loading);
		CompletableFuture<String> waiting = async(() -> elsewhere().get("k", String.class, LONG, () -> "loaded"));
		this.mayEnd.countDown();
		assertThatExceptionOfType(CompletionException.class).isThrownBy(failing::join)
			.withCauseInstanceOf(Deliberate.class);
		assertThat(waiting.join()).isEqualTo("loaded");
	}

	@Test
	void keepsWhatWasSetWhileItLoaded() {
		CompletableFuture<String> slow = async(() -> cache().get("k", String.class, LONG, slowly(() -> "old")));
		passed(this.loading);
		elsewhere().set("k", "new");
		this.mayEnd.countDown();
		assertThat(slow.join()).isEqualTo("old");
		assertThat(cache().get("k", String.class)).contains("new");
	}

	@Test
	void keepsNothingThatWasDeletedWhileItLoaded() {
		CompletableFuture<String> slow = async(() -> cache().get("k", String.class, LONG, slowly(() -> "old")));
		passed(this.loading);
		elsewhere().delete("k");
		assertThat(elsewhere().get("k", String.class, LONG, () -> "new")).isEqualTo("new");
		cache().delete("k");
		assertThat(cache().get("k", String.class, LONG, () -> "newer")).isEqualTo("newer");
		this.mayEnd.countDown();
		assertThat(slow.join()).isEqualTo("old");
		assertThat(elsewhere().get("k", String.class)).contains("newer");
	}

	@Test
	void refusesALoaderThatAsksForItsOwnKey() {
		assertThatIllegalStateException().isThrownBy(
				() -> cache().get("k", String.class, LONG, () -> cache().get("k", String.class, LONG, () -> "inner")))
			.withMessageContaining("'k'");
		assertThat(cache().get("k", String.class)).isEmpty();
		assertThat(cache().get("k", String.class, LONG, () -> cache().get("l", String.class, LONG, () -> "other")))
			.isEqualTo("other");
	}

	@Test
	void refusesLoadersThatNeedEachOthersKeys() {
		CountDownLatch both = new CountDownLatch(2);
		List<CompletableFuture<String>> callers = Stream.of("a", "b").map((key) -> async(() -> {
			String other = key.equals("a") ? "b" : "a";
			return cache().get(key, String.class, LONG, () -> {
				both.countDown();
				passed(both);
				return cache().get(other, String.class, LONG, () -> "never");
			});
		})).toList();
		callers.forEach((caller) -> assertThatExceptionOfType(CompletionException.class).isThrownBy(caller::join)
			.withCauseInstanceOf(IllegalStateException.class)
			.withMessageContainingAll("'a'", "'b'"));
		assertThat(cache().get("a", String.class, LONG, () -> "loaded")).isEqualTo("loaded");
	}

	@Test
	void replacesWhatCannotBeReadWithWhatIsLoaded() {
		cache().set("k", List.of("no number"));
		assertThat(elsewhere().get("k", Integer.class, LONG, () -> 1)).isEqualTo(1);
		assertThat(cache().get("k", Integer.class)).contains(1);
	}

	@Test
	void loadsWithinTheTransaction() {
		platform().transaction(() -> {
			assertThat(cache().get("k", String.class, LONG, () -> "mine")).isEqualTo("mine");
			assertThat(async(() -> cache().get("k", String.class)).join()).isEmpty();
		});
		assertThat(cache().get("k", String.class)).contains("mine");
	}

}
