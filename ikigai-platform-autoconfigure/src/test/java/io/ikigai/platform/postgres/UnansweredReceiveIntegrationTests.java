package io.ikigai.platform.postgres;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

import javax.sql.DataSource;

import io.ikigai.platform.mailbox.Mailbox;
import io.ikigai.platform.mailbox.MailboxMessage;
import io.ikigai.platform.testservers.PostgresServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.datasource.DelegatingDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Messages that the server has handed out while the answer to the commit was lost, as
 * when the connection breaks just then.
 */
class UnansweredReceiveIntegrationTests {

	private static PostgresApplication application;

	private final Mailbox mailbox = application.platform().mailbox("unanswered-" + UUID.randomUUID());

	@BeforeAll
	static void start() {
		application = PostgresApplication.start(LosingApplication.class, PostgresServer.shared().freshDatabase());
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Test
	void comeAgainBeforeLaterOnes() {
		List<UUID> ids = send(4);
		losing(() -> this.mailbox.receive(2));
		List<MailboxMessage> received = this.mailbox.receive(10);
		assertThat(received).extracting(MailboxMessage::id).isEqualTo(ids);
		assertThat(received).extracting(MailboxMessage::attempt).containsOnly(1);
		received.forEach(MailboxMessage::acknowledge);
		assertThat(this.mailbox.unread()).isZero();
	}

	@Test
	void comeAgainAfterSeveralLostAnswers() {
		List<UUID> ids = send(4);
		MailboxMessage first = this.mailbox.receive().orElseThrow();
		losing(() -> this.mailbox.receive(1));
		losing(() -> this.mailbox.receive(2));
		assertThat(this.mailbox.receive(1)).extracting(MailboxMessage::id).containsExactly(ids.get(1));
		assertThat(this.mailbox.receive(10)).extracting(MailboxMessage::id).containsExactly(ids.get(2), ids.get(3));
		first.acknowledge();
	}

	@Test
	void comeAgainWhenTheTransactionOfTheApplicationHasNoAnswer() {
		List<UUID> ids = send(2);
		losing(() -> application.platform().transaction(() -> this.mailbox.receive(1)));
		assertThat(this.mailbox.receive(10)).extracting(MailboxMessage::id).isEqualTo(ids);
	}

	private List<UUID> send(int count) {
		return IntStream.range(0, count).mapToObj(this.mailbox::send).toList();
	}

	private static void losing(Runnable receive) {
		LosingDataSource.losing.set(true);
		assertThatException().isThrownBy(receive::run).withStackTraceContaining("no answer");
		assertThat(LosingDataSource.losing.get()).isNull();
	}

	/**
	 * Commits, and then doesn't know.
	 */
	static class LosingDataSource extends DelegatingDataSource {

		static final ThreadLocal<Boolean> losing = new ThreadLocal<>();

		LosingDataSource(DataSource target) {
			super(target);
		}

		@Override
		public Connection getConnection() throws SQLException {
			Connection connection = super.getConnection();
			return (Connection) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] { Connection.class },
					(proxy, method, arguments) -> {
						Object result;
						try {
							result = method.invoke(connection, arguments);
						}
						catch (InvocationTargetException ex) {
							throw ex.getTargetException();
						}
						if (method.getName().equals("commit") && losing.get() != null) {
							losing.remove();
							throw new SQLException("no answer", "08006");
						}
						return result;
					});
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration(exclude = FlywayAutoConfiguration.class)
	static class LosingApplication {

		@Bean
		static BeanPostProcessor losing() {
			return new BeanPostProcessor() {

				@Override
				public Object postProcessAfterInitialization(Object bean, String name) {
					return (bean instanceof DataSource dataSource) ? new LosingDataSource(dataSource) : bean;
				}

			};
		}

	}

}
