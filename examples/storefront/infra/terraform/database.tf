resource "random_password" "database" {
  length  = 32
  special = false
}

resource "aws_db_subnet_group" "main" {
  name       = local.name
  subnet_ids = var.private_subnet_ids
}

resource "aws_db_instance" "main" {
  identifier     = local.name
  engine         = "postgres"
  engine_version = "16.4"
  instance_class = var.database_class

  allocated_storage = 100
  storage_encrypted = var.database_encrypted
  kms_key_id        = aws_kms_key.data.arn

  db_name  = "storefront"
  username = "storefront"
  password = random_password.database.result

  db_subnet_group_name   = aws_db_subnet_group.main.name
  vpc_security_group_ids = [aws_security_group.database.id]
  publicly_accessible    = false
  multi_az               = var.environment == "production"

  backup_retention_period = var.backup_days
  deletion_protection     = var.environment == "production"
  skip_final_snapshot     = false
}

resource "aws_db_instance" "reporting" {
  identifier          = "${local.name}-reporting"
  replicate_source_db = aws_db_instance.main.identifier
  instance_class      = "db.t4g.medium"
  publicly_accessible = true
  skip_final_snapshot = true
}
