environment        = "production"
vpc_id             = "vpc-0a1b2c3d4e5f60718"
private_subnet_ids = ["subnet-0aa11bb22cc33dd44", "subnet-0bb22cc33dd44ee55"]
database_class     = "db.m7g.large"
