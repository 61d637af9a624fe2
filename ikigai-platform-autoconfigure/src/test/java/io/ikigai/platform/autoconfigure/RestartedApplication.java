package io.ikigai.platform.autoconfigure;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import io.ikigai.platform.Platform;
import io.ikigai.platform.queue.IkigaiTaskListener;
import io.ikigai.platform.testing.Waits;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * An application that is started by one class loader after the other. Its payload is a
 * class of its own, which is another one with each of them.
 */
@Configuration(proxyBeanMethods = false)
public class RestartedApplication {

	private static final CompletableFuture<Order> handled = new CompletableFuture<>();

	/**
	 * Starts, and has a payload go through the services.
	 * @param arguments the application's
	 * @return what a listener, the cache and the storage made of it
	 */
	public static String work(String[] arguments) throws Exception {
		try (ConfigurableApplicationContext context = TestApplication.run(RestartedApplication.class, arguments)) {
			Platform platform = context.getBean(Platform.class);
			platform.queue("restarted").enqueue(new Order("book"));
			Order listened = Waits.value("the task that the listener handles", handled);
			Order cached = platform.cache()
				.get("order", Order.class, Duration.ofMinutes(1), () -> new Order("first run"));
			Order stored = platform.storage().documents("orders", Order.class).put("order", new Order("lamp")).value();
			return listened.article() + ", " + cached.article() + ", " + stored.article();
		}
	}

	@Bean
	Handlers handlers() {
		return new Handlers();
	}

	record Order(String article) {
	}

	static class Handlers {

		@IkigaiTaskListener(queue = "restarted")
		void handle(Order order) {
			handled.complete(order);
		}

	}

}
