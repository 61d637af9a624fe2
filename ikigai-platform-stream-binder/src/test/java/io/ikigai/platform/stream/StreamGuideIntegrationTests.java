package io.ikigai.platform.stream;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.function.Function;

import io.ikigai.platform.testing.Waits;
import io.ikigai.platform.TypeRef;
import io.ikigai.platform.storage.DocumentCollection;
import io.ikigai.platform.storage.StoredDocument;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.cloud.stream.function.StreamBridge;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Transactional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * The examples of the binder's chapter.
 */
class StreamGuideIntegrationTests {

	private static StreamApplication application;

	@BeforeAll
	static void start() {
		application = StreamApplication.start(Examples.class, "spring.cloud.function.definition=invoicing;books",
				"spring.cloud.stream.bindings.invoicing-in-0.destination=orders",
				"spring.cloud.stream.bindings.invoicing-in-0.group=shop",
				"spring.cloud.stream.bindings.invoicing-out-0.destination=invoices",
				"spring.cloud.stream.ikigai.bindings.invoicing-in-0.consumer.transactional=true",
				"spring.cloud.stream.bindings.books-in-0.destination=invoices",
				"spring.cloud.stream.bindings.books-in-0.group=books");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Test
	void invoicesWhatIsOrdered() throws InterruptedException {
		Shop shop = application.bean(Shop.class);
		shop.place(new Order("tea", 2));
		assertThatIllegalStateException().isThrownBy(() -> shop.place(new Order("nothing", 0)));
		shop.place(new Order("milk", 1));
		BlockingQueue<Invoice> booked = application.bean(Examples.class).booked;
		assertThat(Waits.next("an invoice", booked)).isEqualTo(new Invoice("tea", 2));
		assertThat(Waits.next("an invoice", booked)).isEqualTo(new Invoice("milk", 1));
		assertThat(booked).isEmpty();
	}

	@Test
	void knowsAndForgetsGroups() {
		// tag::groups[]
		DocumentCollection<Map<String, Boolean>> groups = application.platform()
			.storage()
			.documents("ikigai-stream-groups", new TypeRef<Map<String, Boolean>>() {
			});
		Optional<StoredDocument<Map<String, Boolean>>> known = groups.get("orders"); // true
																						// is
																						// one
																						// that
																						// is
																						// partitioned
		groups.put("orders", Map.of("shop", false)); // forgets all others
		// end::groups[]
		assertThat(known.orElseThrow().value()).containsEntry("shop", false);
	}

	record Order(String item, int count) {
	}

	record Invoice(String item, int amount) {
	}

	static class Shop {

		private final JdbcClient jdbc;

		private final StreamBridge streamBridge;

		Shop(JdbcClient jdbc, StreamBridge streamBridge) {
			this.jdbc = jdbc;
			this.streamBridge = streamBridge;
			jdbc.sql("CREATE TABLE placed (item TEXT)").update();
		}

		// tag::bridge[]
		@Transactional
		public void place(Order order) {
			this.jdbc.sql("INSERT INTO placed (item) VALUES (?)").param(order.item()).update();
			this.streamBridge.send("orders", order); // with the row, or not at all
			if (order.count() == 0) {
				throw new IllegalStateException("Nothing is ordered");
			}
		}
		// end::bridge[]

	}

	@Configuration(proxyBeanMethods = false)
	static class Examples {

		private final BlockingQueue<Invoice> booked = new LinkedBlockingQueue<>();

		@Bean
		Shop shop(JdbcClient jdbc, StreamBridge streamBridge) {
			return new Shop(jdbc, streamBridge);
		}

		// tag::function[]
		@Bean
		Function<Order, Invoice> invoicing() {
			return (order) -> new Invoice(order.item(), order.count());
		}
		// end::function[]

		@Bean
		Consumer<Invoice> books() {
			return this.booked::add;
		}

	}

}
