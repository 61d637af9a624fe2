package io.ikigai.platform.postgres;

import java.sql.Connection;
import java.sql.SQLException;

import javax.sql.DataSource;

import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Connections for what is done at once, in no transaction of the caller's. Within one
 * they come from beside the pool, whose connections may all be held by who would wait
 * here.
 */
final class AtOnceDataSource extends DelegatingDataSource {

	private final DataSource direct;

	AtOnceDataSource(DataSource pool, DataSource direct) {
		super(pool);
		this.direct = direct;
	}

	@Override
	public Connection getConnection() throws SQLException {
		return TransactionSynchronizationManager.isActualTransactionActive() ? this.direct.getConnection()
				: super.getConnection();
	}

}
