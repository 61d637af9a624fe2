package io.ikigai.platform.runtime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

import io.ikigai.platform.outbox.Settlement;
import io.ikigai.platform.outbox.SettlementStore;
import io.ikigai.platform.transaction.CallerTransactions;
import org.junit.jupiter.api.Test;

import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is remembered of settlements, outside transactions.
 */
class SettlementsTests {

	private final DriverManagerDataSource database = new DriverManagerDataSource();

	private final Rows rows = new Rows();

	private final Settlements settlements = new Settlements(this.rows,
			new PlatformTransactions(
					new CallerTransactions(this.database, this.database, new JdbcTransactionManager(this.database))),
			Duration.ZERO);

	@Test
	void deletesLaterWhatCouldNotBeDeleted() {
		Settlement last = settlement(true);
		Settlement retried = settlement(false);
		Settlement later = settlement(true);
		this.rows.away = true;
		assertThat(List.of(handOut(last), handOut(retried))).allMatch(List::isEmpty);
		this.rows.away = false;
		assertThat(handOut(later)).isEmpty();
		assertThat(this.rows.there).isEmpty();
	}

	@Test
	void remembersWhatTheBackendDidNotTake() {
		Settlement settlement = settlement(true);
		assertThat(this.settlements.withoutSettled(List.of(settlement.id()), (id) -> true, (id) -> id,
				(id, outcome) -> false))
			.isEmpty();
		assertThat(this.rows.there).containsExactly(settlement);
	}

	private Settlement settlement(boolean last) {
		Settlement settlement = new Settlement(UUID.randomUUID(), UUID.randomUUID(), "{}", last);
		this.rows.there.add(settlement);
		return settlement;
	}

	private List<UUID> handOut(Settlement settlement) {
		return this.settlements.withoutSettled(List.of(settlement.id()), (id) -> true, (id) -> id,
				(id, outcome) -> true);
	}

	/**
	 * Keeps settlements, and may refuse to delete them.
	 */
	private static final class Rows implements SettlementStore {

		final List<Settlement> there = new ArrayList<>();

		boolean away;

		@Override
		public void begin(Duration lease) {
			throw new UnsupportedOperationException("There is no transaction");
		}

		@Override
		public boolean record(Settlement settlement) {
			throw new UnsupportedOperationException("There is no transaction");
		}

		@Override
		public List<Settlement> find(Collection<UUID> ids) {
			return this.there.stream().filter((settlement) -> ids.contains(settlement.id())).toList();
		}

		@Override
		public void forget(Collection<Settlement> settlements) {
			if (this.away) {
				throw new DataAccessResourceFailureException("away");
			}
			this.there.removeAll(settlements);
		}

	}

}
