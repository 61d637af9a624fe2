package io.ikigai.platform.pubsub;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.ikigai.platform.PayloadException;
import io.ikigai.platform.Platform;
import io.ikigai.platform.TypeRef;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * The compatibility kit of publish and subscribe: who gets what, in which order, and what
 * transactions have to do with it.
 */
public abstract class PubSubContractTests extends PubSubContract {

	static Stream<String> oddNames() {
		return Stream.of("a.b.c", "a.*.>", "with space", "*", "'quoted' \"twice\"", "Ünï-cödé", "漢".repeat(255),
				"x".repeat(255), "😀".repeat(127));
	}

	@Test
	void deliversToThisAndOtherProcesses() {
		List<Price> here = subscribe(platform(), Price.class);
		List<Price> there = subscribe(other(), Price.class);
		publish(new Price("tëa", 2.5));
		await().untilAsserted(() -> assertThat(here).containsExactly(new Price("tëa", 2.5)));
		await().untilAsserted(() -> assertThat(there).containsExactly(new Price("tëa", 2.5)));
	}

	@Test
	void deliversGenericTypes() {
		CompletableFuture<Map<String, List<Integer>>> arrived = new CompletableFuture<>();
		closed(pubsub().subscribe(topic(), new TypeRef<Map<String, List<Integer>>>() {
		}, arrived::complete));
		publish(Map.of("a", List.of(1, 2)));
		assertThat(arrived.join()).isEqualTo(Map.of("a", List.of(1, 2)));
	}

	@Test
	void deliversWhatIsPublishedFromTheSubscriptionOn() {
		publish(1);
		List<Integer> arrived = subscribe(other(), Integer.class);
		publish(2);
		awaitExactly(arrived, List.of(2));
	}

	@Test
	void deliversToEachOfManySubscribersOfATopic() {
		List<List<Integer>> all = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			all.add(subscribe((i % 2 == 0) ? platform() : other(), Integer.class));
		}
		List<Integer> sent = IntStream.range(0, 50).boxed().toList();
		sent.forEach(this::publish);
		all.forEach((arrived) -> await().untilAsserted(() -> assertThat(arrived).isEqualTo(sent)));
	}

	@Test
	void deliversToTheTopicOnly() {
		List<Integer> arrived = subscribe(platform(), Integer.class);
		pubsub().publish(topic() + ".more", 1);
		pubsub().publish(topic().toUpperCase(Locale.ROOT), 1);
		pubsub().publish(topic().replace('-', '_'), 1);
		awaitExactly(arrived, List.of());
	}

	@ParameterizedTest
	@MethodSource("oddNames")
	void takesOddNames(String name) {
		List<String> arrived = subscribe(other(), name, String.class);
		pubsub().publish(name, "x");
		await().untilAsserted(() -> assertThat(arrived).containsExactly("x"));
	}

	@Test
	void keepsNamesApartThatDifferAtTheEndOnly() {
		String name = UUID.randomUUID() + "漢".repeat(210);
		List<Integer> first = subscribe(other(), name + "一", Integer.class);
		List<Integer> second = subscribe(other(), name + "二", Integer.class);
		pubsub().publish(name + "一", 1);
		pubsub().publish(name + "二", 2);
		await().untilAsserted(() -> assertThat(first).containsExactly(1));
		await().untilAsserted(() -> assertThat(second).containsExactly(2));
	}

	@Test
	void deliversLargePayloadsWhole() {
		List<String> arrived = subscribe(other(), String.class);
		String random = Stream.generate(UUID::randomUUID)
			.limit(27_000)
			.map(UUID::toString)
			.collect(Collectors.joining());
		String chinese = "漢".repeat(340_000);
		publish(random);
		publish(chinese);
		await().untilAsserted(() -> assertThat(arrived).hasSize(2));
		assertThat(arrived.get(0)).hasSizeGreaterThan(970_000).isEqualTo(random);
		assertThat(arrived.get(1)).isEqualTo(chinese);
	}

	@Test
	void refusesBadInputBeforeAnythingIsSent() {
		List<Integer> arrived = subscribe(platform(), Integer.class);
		assertThatIllegalArgumentException().isThrownBy(() -> publish(null)).withMessageContaining("null");
		assertThatIllegalArgumentException().isThrownBy(() -> pubsub().publish("", 1)).withMessageContaining("topic");
		assertThatIllegalArgumentException().isThrownBy(() -> pubsub().publish("x".repeat(256), 1))
			.withMessageContaining("255");
		assertThatIllegalArgumentException().isThrownBy(() -> pubsub().publish("a\0b", 1));
		assertThatIllegalArgumentException().isThrownBy(() -> pubsub().subscribe("", String.class, (message) -> {
		}));
		assertThatExceptionOfType(PayloadException.class).isThrownBy(() -> publish("x".repeat(1024 * 1024)))
			.withMessageContaining("ikigai.payload.max-size");
		assertThatExceptionOfType(PayloadException.class).isThrownBy(() -> publish("a\0b"));
		awaitExactly(arrived, List.of());
	}

	@Test
	void keepsTheOrderOfEachPublisher() throws Exception {
		List<Sent> here = subscribe(platform(), Sent.class);
		List<Sent> there = subscribe(other(), Sent.class);
		int publishers = 6;
		int each = 100;
		CompletableFuture<?>[] publishing = IntStream.range(0, publishers).mapToObj((publisher) -> {
			Platform from = (publisher % 2 == 0) ? platform() : other();
			return CompletableFuture.runAsync(() -> {
				for (int number = 0; number < each; number++) {
					Sent message = new Sent(publisher, number);
					if (number % 3 == 0) {
						from.transaction(() -> from.pubsub().publish(topic(), message));
					}
					else {
						from.pubsub().publish(topic(), message);
					}
				}
			}, threads());
		}).toArray(CompletableFuture[]::new);
		CompletableFuture.allOf(publishing).get();
		for (List<Sent> arrived : List.of(here, there)) {
			await().untilAsserted(() -> assertThat(arrived).hasSize(publishers * each));
			for (int publisher = 0; publisher < publishers; publisher++) {
				int from = publisher;
				assertThat(arrived.stream().filter((message) -> message.publisher() == from).map(Sent::number))
					.isEqualTo(IntStream.range(0, each).boxed().toList());
			}
		}
	}

	@Test
	void deliversAfterTheCommitInTheOrderOfCalls() {
		List<Integer> arrived = subscribe(platform(), Integer.class);
		List<Integer> elsewhere = subscribe(other(), Integer.class);
		platform().transaction(() -> {
			publish(1);
			CompletableFuture.runAsync(() -> publish(2), threads()).join();
			await().untilAsserted(() -> assertThat(arrived).containsExactly(2));
			await().untilAsserted(() -> assertThat(elsewhere).containsExactly(2));
			publish(3);
		});
		awaitExactly(arrived, List.of(2, 1, 3));
		await().untilAsserted(() -> assertThat(elsewhere).containsExactly(2, 1, 3, -1));
	}

	@Test
	void neverDeliversWhatWasRolledBack() {
		List<Integer> arrived = subscribe(platform(), Integer.class);
		List<Integer> elsewhere = subscribe(other(), Integer.class);
		assertThatExceptionOfType(Deliberate.class).isThrownBy(() -> platform().transaction(() -> {
			publish(1);
			throw new Deliberate();
		}));
		awaitExactly(arrived, List.of());
		await().untilAsserted(() -> assertThat(elsewhere).containsExactly(-1));
	}

	@Test
	void deliversWhatWasPublishedBeforeOthersAndCommittedAfterThem() throws Exception {
		List<Integer> arrived = subscribe(other(), Integer.class);
		CountDownLatch published = new CountDownLatch(2);
		CountDownLatch commit = new CountDownLatch(1);
		CompletableFuture<?> early = publishLate(1, published, commit);
		CompletableFuture<?> alsoEarly = publishLate(2, published, commit);
		published.await();
		for (int i = 10; i < 20; i++) {
			publish(i);
		}
		await().untilAsserted(() -> assertThat(arrived).hasSize(10));
		commit.countDown();
		CompletableFuture.allOf(early, alsoEarly).get();
		await().untilAsserted(() -> assertThat(arrived).hasSize(12));
		assertThat(arrived.subList(10, 12)).containsExactlyInAnyOrder(1, 2);
		assertThat(arrived.subList(0, 10)).isEqualTo(IntStream.range(10, 20).boxed().toList());
	}

	private CompletableFuture<?> publishLate(int number, CountDownLatch published, CountDownLatch commit) {
		return CompletableFuture.runAsync(() -> platform().transaction(() -> {
			publish(number);
			published.countDown();
			try {
				commit.await();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}), threads());
	}

	@Test
	void takesSubscriptionsWithinATransaction() {
		List<Integer> arrived = new CopyOnWriteArrayList<>();
		platform().transaction(() -> {
			publish(1);
			closed(pubsub().subscribe(topic(), Integer.class, arrived::add));
		});
		awaitExactly(arrived, List.of(1));
	}

	/**
	 * A message as applications have them.
	 *
	 * @param name a name
	 * @param amount an amount
	 */
	record Price(String name, double amount) {
	}

	/**
	 * Which message of whom.
	 *
	 * @param publisher who
	 * @param number which
	 */
	record Sent(int publisher, int number) {
	}

}
