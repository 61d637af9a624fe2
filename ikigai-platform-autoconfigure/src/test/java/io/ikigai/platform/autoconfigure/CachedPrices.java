package io.ikigai.platform.autoconfigure;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;

/**
 * Methods with Spring's caching annotations.
 */
class CachedPrices {

	static final AtomicInteger calls = new AtomicInteger();

	static volatile @Nullable CompletableFuture<Price> arriving;

	@Cacheable("prices")
	public List<Price> list(String name, int size) {
		calls.incrementAndGet();
		return IntStream.range(0, size).mapToObj((i) -> new Price(name, i)).toList();
	}

	@Cacheable("prices")
	public Map<LocalDate, Price> byDay() {
		calls.incrementAndGet();
		return Map.of(LocalDate.of(2026, 1, 1), new Price("EUR", 1));
	}

	@Cacheable("prices")
	public Optional<Price> find(String name) {
		calls.incrementAndGet();
		return name.equals("none") ? Optional.empty() : Optional.of(new Price(name, 1));
	}

	@Cacheable("prices")
	public CompletableFuture<Price> later(String name) {
		calls.incrementAndGet();
		return CompletableFuture.completedFuture(new Price(name, 1));
	}

	@Cacheable(cacheNames = "prices", sync = true)
	public CompletableFuture<Price> laterOnce(String name) {
		calls.incrementAndGet();
		CompletableFuture<Price> price = arriving;
		return (price != null) ? price : CompletableFuture.completedFuture(new Price(name, 1));
	}

	@Cacheable(cacheNames = "prices", sync = true)
	public Mono<Price> monoOnce(String name) {
		return Mono.fromFuture(() -> laterOnce(name));
	}

	@Cacheable("prices")
	public Mono<Price> mono(String name) {
		return Mono.just(new Price(name, 1));
	}

	@Cacheable(cacheNames = "prices", sync = true)
	public Flux<Price> fluxOnce(String name) {
		calls.incrementAndGet();
		return Flux.just(new Price(name, 1));
	}

	@Cacheable("prices")
	public Shape shape(String name) {
		calls.incrementAndGet();
		return new Circle(1);
	}

	@Cacheable("prices")
	public List<Shape> shapes(String name) {
		calls.incrementAndGet();
		return List.of(new Circle(1));
	}

	@Cacheable("prices")
	public Object any(String name) {
		calls.incrementAndGet();
		return new Circle(1);
	}

	@Cacheable(cacheNames = "prices", key = "#name")
	public <T> T generic(String name, T value) {
		calls.incrementAndGet();
		return value;
	}

	@Cacheable("prices")
	public Base base(String name) {
		calls.incrementAndGet();
		return new Derived();
	}

	@Cacheable(cacheNames = "prices", key = "#name")
	public String unstorable(String name, String value) {
		calls.incrementAndGet();
		return value;
	}

	@Cacheable(cacheNames = "prices", sync = true)
	public Shape unstorableOnce(String name) {
		calls.incrementAndGet();
		return new Circle(1);
	}

	@Cacheable(cacheNames = "prices", sync = true)
	public CompletableFuture<Shape> unstorableLater(String name) {
		calls.incrementAndGet();
		return CompletableFuture.completedFuture(new Circle(1));
	}

	@Cacheable("prices")
	public Map<String, Object> details(String name) {
		calls.incrementAndGet();
		return Map.of("n", 1L, "d", 0.5);
	}

	@Cacheable(cacheNames = "prices", sync = true)
	public @Nullable Price once(String name) {
		calls.incrementAndGet();
		return name.equals("none") ? null : new Price(name, 1);
	}

	@Cacheable(cacheNames = "prices", sync = true)
	public Price unknown(String name) throws UnknownPriceException {
		throw new UnknownPriceException();
	}

	@Cacheable("quick")
	public String quick() {
		return "quick";
	}

	@CachePut(cacheNames = "prices", key = "#name")
	public @Nullable Price update(String name, int amount) {
		return (amount == 0) ? null : new Price(name, amount);
	}

	@CacheEvict("prices")
	public void remove(String name) {
	}

	@CacheEvict(cacheNames = "prices", allEntries = true)
	public void removeAll() {
	}

	/**
	 * A price.
	 *
	 * @param name of what
	 * @param amount how much
	 */
	record Price(String name, int amount) {
	}

	interface Shape {

	}

	record Circle(int radius) implements Shape {
	}

	static class Base {

		public int size = 1;

	}

	static class Derived extends Base {

		public int more = 2;

	}

	static class UnknownPriceException extends Exception {

		private static final long serialVersionUID = 1L;

	}

}
