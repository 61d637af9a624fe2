package io.ikigai.platform.listener;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.ikigai.platform.RetryPolicy;
import io.ikigai.platform.mailbox.ListenedMailbox;
import io.ikigai.platform.queue.ListenedTaskQueue;
import io.ikigai.platform.queue.TaskErrorHandler;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.DefaultLifecycleProcessor;
import org.springframework.context.support.PropertySourcesPlaceholderConfigurer;
import org.springframework.core.env.MapPropertySource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;

/**
 * An application with one bean that declares listeners, which do not start.
 */
final class DeclaredListeners {

	private DeclaredListeners() {
	}

	@SuppressWarnings("unchecked")
	static List<ListenerContainer> start(Object handler) {
		return start((context) -> context.registerBean("bean0", (Class<Object>) handler.getClass(),
				(Supplier<Object>) () -> handler));
	}

	/**
	 * Starts an application.
	 * @param beans declares its beans
	 * @return its listeners
	 */
	static List<ListenerContainer> start(Consumer<AnnotationConfigApplicationContext> beans) {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			context.getEnvironment()
				.getPropertySources()
				.addFirst(new MapPropertySource("test", Map.of("queue.name", "orders", "off", "false")));
			context.register(Listening.class);
			beans.accept(context);
			context.refresh();
			return List.copyOf(context.getBean(ListenerRegistry.class).containers());
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableTransactionManagement(proxyTargetClass = true)
	static class Listening {

		private static final RetryPolicy RETRY = new RetryPolicy(5, Duration.ofSeconds(1), 2, Duration.ofMinutes(1),
				Duration.ZERO);

		private static final ContainerSettings CONTAINERS = new ContainerSettings(Duration.ofSeconds(5),
				Duration.ofSeconds(5), false);

		@Bean
		static IkigaiTaskListenerPostProcessor postProcessor() {
			return new IkigaiTaskListenerPostProcessor();
		}

		@Bean
		static MailboxListenerPostProcessor mailboxPostProcessor() {
			return new MailboxListenerPostProcessor();
		}

		// As Spring Boot has it: what cannot be resolved is an error
		@Bean
		static PropertySourcesPlaceholderConfigurer placeholders() {
			return new PropertySourcesPlaceholderConfigurer();
		}

		@Bean
		DefaultLifecycleProcessor lifecycleProcessor() {
			return new DefaultLifecycleProcessor() {
				@Override
				public void onRefresh() {
					// No listener starts
				}
			};
		}

		@Bean
		static ListenersOfOtherContexts otherContexts(ObjectProvider<ListenerPostProcessor<?>> listeners) {
			return new ListenersOfOtherContexts(listeners);
		}

		@Bean
		ListenerRegistry registry() {
			return new ListenerRegistry((listener, error) -> {
			}, null);
		}

		@Bean
		TaskErrorHandler errors() {
			return (task, error) -> {
			};
		}

		@Bean(defaultCandidate = false)
		JdbcTransactionManager otherTransactionManager() {
			return new JdbcTransactionManager(new DriverManagerDataSource());
		}

		@Bean
		JdbcTransactionManager transactionManager() {
			return new JdbcTransactionManager(new DriverManagerDataSource());
		}

		@Bean
		TaskListenerContainerFactory ikigaiTaskListenerContainerFactory(JdbcTransactionManager transactionManager) {
			TaskListenerSettings settings = new TaskListenerSettings(Duration.ofSeconds(30), Concurrency.parse("3"),
					RETRY, CONTAINERS);
			return new TaskListenerContainerFactory((name) -> unused(ListenedTaskQueue.class), transactionManager,
					settings, null);
		}

		@Bean
		MailboxListenerContainerFactory ikigaiMailboxListenerContainerFactory(
				JdbcTransactionManager transactionManager) {
			return new MailboxListenerContainerFactory((name) -> unused(ListenedMailbox.class), transactionManager,
					new MailboxListenerSettings(RETRY, CONTAINERS), null);
		}

		private static <T> T unused(Class<T> type) {
			return type.cast(Proxy.newProxyInstance(Listening.class.getClassLoader(), new Class<?>[] { type },
					(proxy, method, arguments) -> {
						throw new UnsupportedOperationException(method.getName());
					}));
		}

	}

}
