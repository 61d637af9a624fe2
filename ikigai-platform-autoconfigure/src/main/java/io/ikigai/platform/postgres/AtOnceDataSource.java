package io.ikigai.platform.postgres;

import java.sql.Connection;
import java.sql.SQLException;

import javax.sql.DataSource;

import io.ikigai.platform.transaction.CallerTransactions;
import io.ikigai.platform.transaction.TransactionPhase;

import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Connections for what is done at once, in no transaction of the caller's. Within one,
 * and after its end, they come from beside the pool, whose connections may all be held by
 * threads that would wait here.
 */
final class AtOnceDataSource extends DelegatingDataSource {

	private final DataSource direct;

	private final CallerTransactions transactions;

	AtOnceDataSource(DataSource pool, DataSource direct, CallerTransactions transactions) {
		super(pool);
		this.direct = direct;
		this.transactions = transactions;
	}

	@Override
	public Connection getConnection() throws SQLException {
		return (this.transactions.phase() == TransactionPhase.NONE) ? super.getConnection()
				: this.direct.getConnection();
	}

}
