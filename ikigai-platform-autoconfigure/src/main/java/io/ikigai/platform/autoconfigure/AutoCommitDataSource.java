package io.ikigai.platform.autoconfigure;

import java.sql.Connection;
import java.sql.SQLException;

import javax.sql.DataSource;

import org.springframework.core.InfrastructureProxy;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * A pool that hands out connections with auto-commit off, as
 * {@code spring.datasource.hikari.auto-commit=false} makes it, for statements outside a
 * transaction: they would be rolled back when the connection returns to the pool.
 * Transactions of the pool are found through it as if it were the pool itself.
 */
final class AutoCommitDataSource extends DelegatingDataSource implements InfrastructureProxy {

	private final DataSource pool;

	AutoCommitDataSource(DataSource pool) {
		super(pool);
		this.pool = pool;
	}

	@Override
	public Object getWrappedObject() {
		return this.pool;
	}

	@Override
	public Connection getConnection() throws SQLException {
		return committing(super.getConnection());
	}

	@Override
	public Connection getConnection(String username, String password) throws SQLException {
		return committing(super.getConnection(username, password));
	}

	// The pool sets it back when the connection returns.
	private static Connection committing(Connection connection) throws SQLException {
		try {
			connection.setAutoCommit(true);
			return connection;
		}
		catch (SQLException ex) {
			connection.close();
			throw ex;
		}
	}

}
