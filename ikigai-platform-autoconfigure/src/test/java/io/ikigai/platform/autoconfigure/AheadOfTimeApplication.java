package io.ikigai.platform.autoconfigure;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import io.ikigai.platform.Platform;
import io.ikigai.platform.mailbox.MailboxListener;
import io.ikigai.platform.pubsub.TopicListener;
import io.ikigai.platform.queue.ClaimMode;
import io.ikigai.platform.queue.IkigaiTaskListener;
import io.ikigai.platform.testing.Waits;

import org.springframework.aot.AotDetector;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * An application with listeners of every kind and a cached method, for a process of its
 * own: it tells on standard output what they did, and ends.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EnableCaching
class AheadOfTimeApplication {

	private static final CountDownLatch handled = new CountDownLatch(4);

	public static void main(String[] arguments) throws InterruptedException {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(AheadOfTimeApplication.class)
			.web(WebApplicationType.NONE)
			.properties("spring.flyway.enabled=false")
			.run(arguments)) {
			System.out.println("> generated " + AotDetector.useGeneratedArtifacts());
			Platform platform = context.getBean(Platform.class);
			platform.queue("leased").enqueue(new Order("book", 1));
			platform.queue("transactional").enqueue(new Order("lamp", 2));
			platform.mailbox("orders").send(new Order("chair", 3));
			platform.pubsub().publish("orders", new Order("table", 4));
			Prices prices = context.getBean(Prices.class);
			System.out.println("> cached " + prices.of("book") + " " + prices.of("book"));
			Waits.open("what the four listeners handle", handled);
		}
	}

	private static void tell(String what, Order order) {
		System.out.println("> " + what + " " + order);
		handled.countDown();
	}

	@Bean
	Handlers handlers() {
		return new Handlers();
	}

	@Bean
	Prices prices() {
		return new Prices();
	}

	record Order(String article, int count) {
	}

	static class Handlers {

		@IkigaiTaskListener(queue = "leased")
		void leased(Order order) {
			tell("task", order);
		}

		@IkigaiTaskListener(queue = "${queue:transactional}", claim = ClaimMode.TRANSACTION)
		void transactional(Order order) {
			tell("task in a transaction", order);
		}

		@MailboxListener("orders")
		void receive(Order order) {
			tell("message", order);
		}

		@TopicListener(topics = "orders")
		void published(Order order) {
			tell("topic", order);
		}

	}

	static class Prices {

		private final AtomicInteger asked = new AtomicInteger();

		@Cacheable("prices")
		public Integer of(String article) {
			return 40 + this.asked.incrementAndGet();
		}

	}

}
