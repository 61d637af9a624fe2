package io.ikigai.platform.autoconfigure.neighbours;

import io.ikigai.platform.Platform;
import io.ikigai.platform.queue.IkigaiTaskListener;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Id;
import jakarta.persistence.PersistenceContext;
import jakarta.persistence.Table;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurationPackage;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Transactional;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * An application whose tables Liquibase makes, and whose rows JPA writes: its migrations,
 * its validation and its transactions go together with the platform's.
 */
@Tag("neighbours")
class NeighboursIntegrationTests {

	@Test
	void worksBesideLiquibaseInTheTransactionsOfJpa() {
		PostgresDatabase database = PostgresServer.shared().freshDatabase();
		for (int start = 1; start <= 2; start++) {
			try (ConfigurableApplicationContext application = start(database)) {
				Shop shop = application.getBean(Shop.class);
				Platform platform = application.getBean(Platform.class);
				JdbcClient jdbc = application.getBean(JdbcClient.class);
				long id = start;
				shop.buy(id, "tea", false);
				assertThatIllegalStateException().isThrownBy(() -> shop.buy(id + 100, "milk", true));
				await().until(() -> platform.queue("deliveries").stats().completed(), (completed) -> completed == id);
				assertThat(jdbc.sql("SELECT item FROM purchase WHERE id = ?").param(id).query(String.class).list())
					.containsExactly("tea, delivered");
				assertThat(jdbc.sql("SELECT count(*) FROM purchase").query(Long.class).single()).isEqualTo(id);
				assertThat(platform.queue("deliveries").stats().ready()).isZero();
				assertThat(jdbc.sql("SELECT count(*) FROM databasechangelog").query(Long.class).single()).isOne();
			}
		}
	}

	private static ConfigurableApplicationContext start(PostgresDatabase database) {
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.run("--spring.datasource.url=" + database.url(), "--spring.datasource.username=" + database.username(),
					"--spring.datasource.password=" + database.password(), "--ikigai.agent.name=shop",
					"--spring.flyway.enabled=false", "--spring.liquibase.change-log=classpath:neighbours/changelog.sql",
					"--spring.jpa.hibernate.ddl-auto=validate");
	}

	@Entity
	@Table(name = "purchase")
	static class Purchase {

		@Id
		private long id;

		private String item;

		protected Purchase() {
		}

		Purchase(long id, String item) {
			this.id = id;
			this.item = item;
		}

		void deliver() {
			this.item = this.item + ", delivered";
		}

	}

	static class Shop {

		private final Platform platform;

		@PersistenceContext
		private EntityManager entities;

		Shop(Platform platform) {
			this.platform = platform;
		}

		@Transactional
		public void buy(long id, String item, boolean broke) {
			this.entities.persist(new Purchase(id, item));
			this.platform.queue("deliveries").enqueue(id);
			if (broke) {
				throw new IllegalStateException("no money");
			}
		}

		// What JPA writes and the completion are one transaction
		@IkigaiTaskListener("deliveries")
		@Transactional
		public void deliver(long id) {
			this.entities.find(Purchase.class, id).deliver();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@AutoConfigurationPackage(basePackageClasses = NeighboursIntegrationTests.class)
	@Import(Shop.class)
	static class Application {

	}

}
